// Golden transcripts: every conversation in testing/conversations, played against a session in this thread.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { play } from "./testing/conversation.ts";

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "testing/conversations");

for (const file of readdirSync(folder).filter((name) => name.endsWith(".dap"))) {
  test(file.replace(/\.dap$/, "").replaceAll("-", " "), async () => {
    const transcript = `${await play(readFileSync(path.join(folder, file), "utf8"))}\n`;
    const golden = path.join(folder, file.replace(/\.dap$/, ".transcript"));
    if (process.env.TERRARIUM_BLESS || !existsSync(golden)) writeFileSync(golden, transcript);
    assert.equal(transcript, readFileSync(golden, "utf8"));
  });
}
