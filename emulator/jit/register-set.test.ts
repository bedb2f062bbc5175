import assert from "node:assert/strict";
import { test } from "node:test";
import { RegisterSet } from "./register-set.ts";

function setOf(...registers: number[]): RegisterSet {
  const set = new RegisterSet();
  for (const register of registers) set.add(register);
  return set;
}

test("members come in order, across words and at their edges", () => {
  assert.deepEqual([...setOf(127, 0, 31, 32, 63, 64, 31)], [0, 31, 32, 63, 64, 127]);
  assert.equal([...RegisterSet.all()].length, 128);
});

test("has, isEmpty, clear, copy", () => {
  const set = setOf(31, 96);
  const copy = set.copy();
  assert.deepEqual(
    [31, 96, 30, 0].map((register) => set.has(register)),
    [true, true, false, false],
  );
  assert.equal(set.isEmpty, false);
  set.clear();
  assert.equal(set.isEmpty, true);
  assert.deepEqual([...copy], [31, 96]);
});

test("addAll tells whether anything is new", () => {
  const set = setOf(1, 40);
  assert.equal(set.addAll(setOf(40)), false);
  assert.equal(set.addAll(setOf(40, 41)), true);
  assert.deepEqual([...set], [1, 40, 41]);
});

test("removeAll and keep", () => {
  assert.deepEqual([...setOf(1, 2, 65).removeAll(setOf(2, 66))], [1, 65]);
  assert.deepEqual([...setOf(1, 2, 65).keep(setOf(2, 65, 66))], [2, 65]);
});

test("equal sets have equal keys", () => {
  assert.equal(setOf(3, 70).key, setOf(70, 3).key);
  assert.notEqual(setOf(3).key, setOf(35).key);
});
