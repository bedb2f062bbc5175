// The ISA string, which programs are told: in the order that Linux keeps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isa } from "./isa.ts";

test("the ISA string names what the table has", () => {
  assert.equal(
    isa,
    "rv64imafdc_zicbom_zicbop_zicboz_zicntr_zicond_zicsr_zifencei_zihintpause_zaamo_zalrsc_zawrs_zfh_zfhmin_zca_zcd_zba_zbb_zbc_zbs",
  );
});
