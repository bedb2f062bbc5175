// Expressions at one place of a fixture: what they give, or what is wrong with them and where.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { debugFixture, type Fixture } from "../testing/debug-fixture.ts";
import { typeName } from "../types.ts";
import { EvaluationError } from "./lexer.ts";

let fixture: Fixture;

before(async () => {
  fixture = debugFixture("structs/structs-O0.elf", "structs/structs.c");
  await fixture.breakAt("main");
  await fixture.dbg.continue();
});

const evaluate = (text: string, mayWrite = true) =>
  fixture.dbg.evaluator(fixture.dbg.frames(0, 1)[0], mayWrite).evaluate(text);

/** Expression, value as text, type. */
const values: readonly [string, string, string][] = [
  ["1", "1", "int"],
  ["010 + 0b11", "11", "int"],
  ["0xffffffff", "4294967295", "long"],
  ["1u - 2", "4294967295", "unsigned int"],
  ["2147483647 + 1", "-2147483648", "int"],
  ["7 / -2", "-3", "int"],
  ["-7 % 3", "-1", "int"],
  ["1 << 31 >> 31", "-1", "int"],
  ["1.5 * 2", "3", "double"],
  ["1.0f / 3", "0.33333334", "float"],
  ["0.1 + 0.2", "0.30000000000000004", "double"],
  ["-0.0", "-0", "double"],
  ["1 / 0.0", "inf", "double"],
  ["'a'", "97 'a'", "char"],
  ["'\\n'", "10 '\\n'", "char"],
  ["1 + 2 * 3 - 4 / 2", "5", "int"],
  ["1 ? 2 : 3 ? 4 : 5", "2", "int"],
  ["1 < 2 == 1 && !0 || 1 / 0", "1", "int"],
  ["5 & 6 | 8 ^ 1", "13", "int"],
  ["(char)321", "65 'A'", "char"],
  ["(unsigned char)-1", "255 '\\377'", "unsigned char"],
  ["(double)1 / 4", "0.25", "double"],
  ["(long)-1.9", "-1", "long"],
  ["sizeof(long double *)", "8", "unsigned long"],
  ["sizeof primes / sizeof primes[0]", "5", "unsigned long"],
  ["sizeof(struct node)", "56", "unsigned long"],
  ["primes", "{2, 3, 5, 7, 11}", "int [5]"],
  ["primes[1 + 1]", "5", "int"],
  ["*primes", "2", "int"],
  ["*(primes + 4)", "11", "int"],
  ["&primes[4] - primes", "4", "long"],
  ["middle[-2]", "2", "int"],
  ["head->name[0]", "97 'a'", "const char"],
  ["head->next->next->colour", "BLUE", "colour"],
  ["head->next->colour == GREEN", "1", "int"],
  ["(*head).range.low", "-100", "short int"],
  ["head.range.high", "100", "short int"],
  ["head->flags.mode + 1", "3", "unsigned int"],
  ["nodes[3].flags", "{ready = 1, mode = 5, level = -3}", "flags"],
  ["&head->where.y == (int *)((char *)head + 12)", "1", "int"],
  ["((struct node *)head)->value.real", "0.5", "double"],
  ["head == &nodes[0] ? ratio : single", "0.125", "double"],
  ["add", "0x103c4 <add>", "int (int, int)"],
  ["big,x", "0xfedcba9876543210", "long unsigned int"],
  ["matrix[1]", "{4, 5, 6}", "int [3]"],
  ["colour_names[1]", '0x10920 "green"', "const char * const"],
  ["$pc == 0x107a2", "1", "int"],
  ["$x0", "0", "unsigned long"],
];

for (const [expression, text, type] of values) {
  test(expression, async () => {
    const { value, hex } = await evaluate(expression);
    assert.deepEqual([fixture.dbg.format.format(value, { hex }), typeName(value.type)], [text, type]);
  });
}

/** Expression, message, position. */
const errors: readonly [string, string, number][] = [
  ["", "the expression is empty", 0],
  ["1 +", "the expression ends too early", 3],
  ["(1", '")" expected', 2],
  ["1 2", 'unexpected "2"', 2],
  ["1 / 0", "division by zero", 2],
  ["1 << 32", "shift by 32 is undefined for int", 2],
  ["1.5 % 2", "% needs integers", 4],
  ["#", 'unexpected "#"', 0],
  ["0x", "0x is not a number", 0],
  ["09", "09 is not an octal number", 0],
  ["99999999999999999999", "99999999999999999999 is larger than 64 bits", 0],
  ["nothing", 'no variable, constant or function "nothing" here', 0],
  ["head->nothing", 'node has no member "nothing": it has name, where, colour, value, flags, next, range', 6],
  ["tiny->x", "-> needs a pointer, not signed char", 6],
  ["primes.x", "int [5] has no members", 7],
  ["*tiny", "signed char is not a pointer", 0],
  ["&1", "the operand of & is not in memory", 0],
  ["*(void *)head", "a void pointer must be cast before it is followed", 0],
  ["tiny[0]", "signed char is no array and no pointer", 4],
  ["head + head", "two pointers cannot be added", 5],
  ["*(int *)0 + 1", "cannot read memory at 0x0", 10],
  ["(struct nothing *)0", 'no type "struct nothing"', 1],
  ["print_line(1)", "calling functions is not possible", 10],
  ["1 = 2", "cannot be set: it is a computed value and has no place", 2],
  ["$zero = 1", "zero cannot be written", 6],
  ["$a0 = 1.5", "a0 takes an integer", 4],
  ["$nothing", 'the guest has no register "nothing"', 0],
  ["text = 3", "a char [10] cannot be set from int", 5],
  ["tiny, y", 'only the format "x" (hexadecimal) may follow a comma', 6],
  [`${"(".repeat(500)}1${")".repeat(500)}`, "the expression is nested too deeply", 100],
];

for (const [expression, message, position] of errors) {
  test(`error: ${expression.slice(0, 40)}`, async () => {
    await assert.rejects(evaluate(expression), (error: EvaluationError) => {
      assert.ok(error instanceof EvaluationError, String(error));
      assert.equal(error.message.split(", found")[0], message);
      if (position !== 100) assert.equal(error.position, position);
      return true;
    });
  });
}

/** Assignment, then an expression and what it gives. */
const assignments: readonly [string, string, string][] = [
  ["tiny = 300", "tiny", "44 ','"],
  ["big = -1", "big", "18446744073709551615"],
  ["head->flags.level = -4", "head->flags", "{ready = 0, mode = 2, level = -4}"],
  ["head->flags.mode = 9", "head->flags", "{ready = 0, mode = 1, level = -4}"],
  ["ratio = 3", "ratio", "3"],
  ["single *= 2", "single", "-3"],
  ["head->colour = GREEN", "head->colour", "GREEN"],
  ["head->colour = 99", "head->colour", "99"],
  ["middle = &primes[0]", "*middle", "2"],
  ["nodes[1].where = nodes[3].where", "nodes[1].where", "{x = 30, y = -3}"],
  ["primes[0] = primes[1] = 8", "primes", "{8, 8, 5, 7, 11}"],
  ["matrix[1][1] -= 10", "matrix", "{{1, 2, 3}, {4, -5, 6}}"],
  ["$t1 = 0x1234", "$t1,x", "0x0000000000001234"],
  ["$ft0 = 2.5", "$ft0", "2.5"],
];

for (const [assignment, expression, text] of assignments) {
  test(assignment, async () => {
    await evaluate(assignment);
    const { value, hex } = await evaluate(expression);
    assert.equal(fixture.dbg.format.format(value, { hex }), text);
  });
}

test("where nothing may be written, assignments are refused", async () => {
  await assert.rejects(evaluate("tiny = 1", false), /assignments are not possible here/);
});
