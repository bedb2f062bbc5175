// Classes of RISC-V instructions, finer than their kinds: by mnemonic, a compressed instruction as the one it means.
import type { Instruction } from "@terrarium/api";

export const instructionClasses = [
  "integer",
  "multiply",
  "divide",
  "shift",
  "bit manipulation",
  "load",
  "store",
  "float load",
  "float store",
  "branch",
  "jump",
  "call",
  "return",
  "atomic",
  "float arithmetic",
  "float fused",
  "float divide",
  "float compare",
  "float convert",
  "float move",
  "csr",
  "fence",
  "cache",
  "system",
  "unknown",
] as const;

export type InstructionClass = (typeof instructionClasses)[number];

const aluClasses: readonly [RegExp, InstructionClass][] = [
  [/^mul/, "multiply"],
  [/^(div|rem)/, "divide"],
  [/^(sll|srl|sra)i?(w|64)?$/, "shift"],
  [
    /^(sh[123]add|add\.uw|slli\.uw|clmul|(andn|orn|xnor|clz|ctz|cpop|max|min|ror|rol|orc|rev8|b(clr|ext|inv|set)))/,
    "bit manipulation",
  ],
  [/^(sext|zext)\.|^czero\./, "bit manipulation"],
  [/^prefetch\./, "cache"],
];

const floatClasses: readonly [RegExp, InstructionClass][] = [
  [/^fn?m(add|sub)\./, "float fused"],
  [/^f(div|sqrt)\./, "float divide"],
  [/^f(eq|lt|le|min|max|class)\./, "float compare"],
  [/^fcvt/, "float convert"],
  [/^f(mv|sgnj)/, "float move"],
];

const systemClasses: readonly [RegExp, InstructionClass][] = [
  [/^csr/, "csr"],
  [/^cbo\./, "cache"],
];

const first = (classes: typeof aluClasses, mnemonic: string, otherwise: InstructionClass): InstructionClass =>
  classes.find(([pattern]) => pattern.test(mnemonic))?.[1] ?? otherwise;

export function riscvClass({ kind, mnemonic }: Pick<Instruction, "kind" | "mnemonic">): InstructionClass {
  const full = mnemonic.replace(/^c\./, "");
  switch (kind) {
    case "alu":
      return first(aluClasses, full, "integer");
    case "float":
      return first(floatClasses, full, "float arithmetic");
    case "system":
      return first(systemClasses, full, "system");
    case "load":
      return full.startsWith("f") ? "float load" : "load";
    case "store":
      return full.startsWith("f") ? "float store" : full.startsWith("cbo.") ? "cache" : "store";
    default:
      return kind;
  }
}
