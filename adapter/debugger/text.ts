// Small texts that every part of the debugger writes alike.

/** `0x` and at least `digits` hexadecimal digits; negative values as 64 bits. */
export function hex(value: bigint | number, digits = 1): string {
  return `0x${BigInt.asUintN(value < 0 ? 64 : 128, BigInt(value))
    .toString(16)
    .padStart(digits, "0")}`;
}

/** `name`, or `name+0x12`. */
export function symbolText(symbol: { displayName: string; offset: bigint }): string {
  return symbol.offset === 0n ? symbol.displayName : `${symbol.displayName}+${hex(symbol.offset)}`;
}

/** An address written by a user or a client: `0x1f`, or decimal digits. Undefined when it is not one. */
export function parseAddress(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(trimmed)) return undefined;
  const value = BigInt(trimmed);
  return value < 1n << 64n ? value : undefined;
}

const escapes: Readonly<Record<number, string>> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  92: "\\\\",
};

/** A character code as C writes it between `quote`s. */
export function escapeCharacter(code: number, quote: "'" | '"'): string {
  if (code === quote.charCodeAt(0)) return `\\${quote}`;
  const escaped = escapes[code];
  if (escaped) return escaped;
  if (code < 32 || code === 127) return `\\x${code.toString(16).padStart(2, "0")}`;
  return String.fromCodePoint(code);
}

/** Bytes as the inside of a C string: UTF-8 where it is valid, else escaped bytes. */
export function escapeString(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte > 0 && byte < 128 ? escapeCharacter(byte, '"') : `\\${byte.toString(8).padStart(3, "0")}`,
    ).join("");
  }
  const escaped = Array.from(text, (c) => (c === "\0" ? "\\000" : escapeCharacter(c.codePointAt(0)!, '"')));
  return escaped.join("");
}
