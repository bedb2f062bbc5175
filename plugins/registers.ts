// Are registers what the API says, however they are asked for?
//
// A test of the emulator, which may be run on any program: it changes every register that can be written, sees that the
// change is there, and puts back what was there, between two callbacks before one instruction. Asserts:
// - before any code has run, every register is listed, found by its name, its aliases and its roles, and readable;
// - a callback that names a register gets what `vcpu.register` gives, by whichever name, before and after instructions
//   and accesses;
// - what a callback returns for a register is there afterwards, and constant zero stays zero.
//
// Price: a condition for each block, and every `every`th time some hundred microseconds.
import { definePlugin, type RegisterInfo, type RegisterName, type RegisterReference } from "@terrarium/api";

export default definePlugin({
  name: "registers",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Self-check: registers by name and role, read and written",
  options: {
    every: { type: "integer", default: 1000, minimum: 1, maximum: 1_000_000, description: "Blocks between two checks" },
  },
  install(vm, { every }) {
    const infos = vm.registers;
    const names = infos.map(({ name }) => name as RegisterName);
    const writable = infos.filter(({ readOnly, roles }) => !readOnly && !roles.includes("pc"));
    const writableNames = writable.map(({ name }) => name as RegisterName);
    const results = new Map(infos.map(({ name }) => [name, { read: 0, written: 0, failures: 0 }]));
    const since = vm.counter("blocks since the last check");

    const check = ({ name }: RegisterInfo, done: "read" | "written", holds: boolean, what: () => string) => {
      const result = results.get(name);
      if (!result) return;
      result[done]++;
      if (holds) return;
      result.failures++;
      if (result.failures === 1) vm.log(`${name}: ${what()}`, "error");
    };
    const lookUp = (info: RegisterInfo) => {
      for (const reference of [info.name, ...info.aliases, ...info.roles]) {
        const found = vm.register(reference as RegisterReference);
        check(info, "read", found.name === info.name, () => `"${reference}" is the register ${found.name}`);
      }
    };
    for (const info of infos) lookUp(info);

    // Before any code has run, and in between: no callback of guest code.
    vm.onVcpuInit((vcpu) => {
      for (const info of infos) {
        const name = info.name as RegisterName;
        const value = vcpu.register(name);
        check(info, "read", value < 1n << BigInt(info.bits), () => `it is 0x${value.toString(16)} at first`);
        if (!writable.includes(info)) continue;
        vcpu.setRegister(name, flipped(value, info));
        const set = vcpu.register(name);
        vcpu.setRegister(name, value);
        check(info, "written", set === flipped(value, info), () => `set, it is 0x${set.toString(16)}`);
      }
      const pc = infos.find(({ roles }) => roles.includes("pc"));
      const { entry } = vm.info.code;
      if (pc) check(pc, "read", vcpu.register("pc") === entry, () => `it is not the entry, 0x${entry.toString(16)}`);
    });

    /** What one callback was given, by `vcpu.register` as well. */
    const compare = (given: readonly bigint[], of: (name: RegisterReference) => bigint) =>
      infos.forEach((info, i) => {
        for (const reference of [info.name, ...info.aliases.slice(0, 1), ...info.roles.slice(0, 1)]) {
          const value = of(reference as RegisterReference);
          const what = () => `a callback got 0x${given[i].toString(16)}, and "${reference}" is 0x${value.toString(16)}`;
          check(info, "read", given[i] === value, what);
        }
        if (info.roles.includes("zero")) check(info, "read", given[i] === 0n, () => "it is not zero");
      });

    let saved: readonly bigint[] = [];
    vm.onTranslate((tb) => {
      const due = since.gt(every);
      const options = { registers: names, when: due } as const;
      const pc = tb.vaddr;
      tb.inline.add(since, 1);
      tb.onExecute(
        (vcpu, values) => {
          compare(values, (name) => vcpu.register(name));
          const at = vcpu.register("pc");
          const info = vm.register("pc");
          check(info, "read", at === pc, () => `in the block at 0x${pc.toString(16)} it is 0x${at.toString(16)}`);
          saved = values;
          return update(names, values, infos, writable, flipped);
        },
        { ...options, writes: writableNames },
      );
      tb.onExecute(
        (vcpu, values) => {
          infos.forEach((info, i) => {
            const wanted = writable.includes(info) ? flipped(saved[i], info) : saved[i];
            const read = vcpu.register(info.name as RegisterName);
            const what = () =>
              `0x${wanted.toString(16)} was written: 0x${read.toString(16)}, 0x${values[i].toString(16)}`;
            check(info, "written", values[i] === wanted && read === wanted, what);
          });
          since.value = 0n;
          return update(names, saved, infos, writable, (value) => value);
        },
        { ...options, writes: writableNames },
      );
      // Just after the block's own check: what was put back is there.
      const [first] = tb.instructions;
      const justChecked = since.eq(0);
      first.onExecute((_vcpu, values) => restored(values), { registers: names, when: justChecked });
      for (const insn of tb.instructions)
        insn.onMemory((_access, vcpu, values) => compare(values, (name) => vcpu.register(name)), {
          registers: names,
          when: justChecked,
        });
    });

    const restored = (values: readonly bigint[]) =>
      infos.forEach((info, i) => {
        check(info, "written", values[i] === saved[i], () => `0x${saved[i].toString(16)} was not put back`);
      });

    vm.views.table(
      "Registers",
      () =>
        infos.map(({ name, aliases, roles, group, bits, readOnly }) => ({
          register: name,
          aliases: aliases.join(" "),
          roles: roles.join(", "),
          group,
          bits,
          "read only": readOnly ? "yes" : "",
          value: `0x${vm.vcpus[0].register(name as RegisterName).toString(16)}`,
          ...results.get(name),
        })),
      {
        columns: {
          register: "text",
          aliases: "text",
          roles: "text",
          group: "text",
          bits: "integer",
          "read only": "text",
          value: "text",
          read: "integer",
          written: "integer",
          failures: "integer",
        },
      },
    );
  },
});

/** Every bit another one. */
function flipped(value: bigint, { bits }: RegisterInfo): bigint {
  return BigInt.asUintN(bits, ~value);
}

/** New values for all registers that can be written. */
function update(
  names: readonly RegisterName[],
  values: readonly bigint[],
  infos: readonly RegisterInfo[],
  writable: readonly RegisterInfo[],
  change: (value: bigint, info: RegisterInfo) => bigint,
): { [Name in RegisterName]?: bigint } {
  const changed: { [Name in RegisterName]?: bigint } = {};
  infos.forEach((info, i) => {
    if (writable.includes(info)) changed[names[i]] = change(values[i], info);
  });
  return changed;
}
