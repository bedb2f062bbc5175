// Guest code for tests, from words in hexadecimal.
import type { FetchHalf } from "../../guest.ts";

/** Code at pc: words of 4 or 8 digits, separated by blanks. Nothing else can be fetched. */
export function codeAt(pc: bigint, words: string): FetchHalf {
  const halves = words.split(" ").flatMap((word) => {
    const low = word.slice(-4);
    return word.length > 4 ? [low, word.slice(0, -4)] : [low];
  });
  const code = new Map(
    halves.filter(Boolean).map((half, i) => [BigInt.asUintN(64, pc + 2n * BigInt(i)), Number.parseInt(half, 16)]),
  );
  return (address) => code.get(address);
}
