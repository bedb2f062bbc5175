// Names of compiled symbols as their source wrote them.
import { demangleItanium } from "./itanium.ts";
import { demangleRustLegacy, demangleRustV0 } from "./rust.ts";

/** Longer names take more time than their reading is worth. */
const MAX_LENGTH = 10_000;

/** The readable name; the name itself when it is not mangled, or not understood. */
export function demangle(name: string): string {
  if (name.length > MAX_LENGTH) return name;
  if (name.startsWith("_R")) return demangleRustV0(name) ?? name;
  if (!name.startsWith("_Z") && !name.startsWith("___Z")) return name;
  return demangleRustLegacy(name) ?? demangleItanium(name) ?? name;
}
