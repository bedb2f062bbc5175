// The options that a launch configuration gives, checked against those a plugin declares.
import type { OptionDeclaration, OptionDeclarations } from "../../plugins/api/index.ts";
import { show } from "./definition-check.ts";
import { suggestion } from "./nearest.ts";

export type OptionValue = string | number | boolean | bigint | undefined;

/**
 * The value of every declared option: what is given, else its default, else undefined.
 * @throws Error naming the option, what it must be and what was given.
 */
export function optionValues(
  declared: OptionDeclarations,
  given: Readonly<Record<string, unknown>>,
): Record<string, OptionValue> {
  const names = Object.keys(declared);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new Error(
        names.length === 0
          ? `unknown option "${name}": it takes none`
          : `unknown option "${name}"${suggestion(name, names)}`,
      );
  return Object.fromEntries(
    names.map((name) => {
      const value = name in given ? given[name] : declared[name].default;
      return [name, value === undefined ? undefined : checked(name, declared[name], value)];
    }),
  );
}

function checked(name: string, option: OptionDeclaration, given: unknown): OptionValue {
  const fail = (wanted: string): never => {
    throw new Error(`option "${name}" must be ${wanted}, not ${show(given)} (${option.description})`);
  };
  switch (option.type) {
    case "boolean":
      return typeof given === "boolean" ? given : fail("true or false");
    case "integer":
    case "number": {
      const { minimum = -Infinity, maximum = Infinity } = option;
      const isOne = option.type === "integer" ? Number.isSafeInteger(given) : Number.isFinite(given);
      const inRange = isOne && (given as number) >= minimum && (given as number) <= maximum;
      return inRange
        ? (given as number)
        : fail(`${option.type === "integer" ? "an integer" : "a number"}${range(option)}`);
    }
    case "string": {
      // The command line cannot tell a string of digits from a number.
      const text = typeof given === "number" ? String(given) : given;
      if (typeof text !== "string") return fail("a string");
      if (option.choices && !option.choices.includes(text)) return fail(`one of ${option.choices.join(", ")}`);
      return text;
    }
    case "address":
      if (typeof given === "bigint" && given === BigInt.asUintN(64, given)) return given;
      if (typeof given === "number" && Number.isSafeInteger(given) && given >= 0) return BigInt(given);
      if (typeof given === "string" && /^(0x[0-9a-f]{1,16}|\d{1,19})$/i.test(given)) return BigInt(given);
      return fail('an address such as "0x10000"');
  }
}

function range({ minimum, maximum }: { minimum?: number; maximum?: number }): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `, ${minimum} or more`;
  return maximum !== undefined ? `, ${maximum} or less` : "";
}
