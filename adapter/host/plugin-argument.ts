// `--plugin NAME|PATH[,key=value]...`
import type { PluginRequest } from "./plugin-loader.ts";

/** Values read as JSON where they are a number or true/false (also on/off), else as text. */
function parseValue(text: string): string | number | boolean {
  if (text === "true" || text === "on") return true;
  if (text === "false" || text === "off") return false;
  // An address beyond 2^53 stays as it is written.
  if (/^0x[0-9a-f]+$|^\d+$/i.test(text) && !Number.isSafeInteger(Number(text))) return text;
  if (/^-?\d+(\.\d+)?$|^0x[0-9a-f]+$/i.test(text)) return Number(text);
  return text;
}

/** @throws Error that says what is wrong. */
export function parsePluginArgument(argument: string): PluginRequest {
  const [reference, ...pairs] = argument.split(",");
  if (!reference) throw new Error(`a plugin needs a name or a path, not "${argument}"`);
  const options: Record<string, string | number | boolean> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at === 0 || pair === "") throw new Error(`plugin ${reference}: expected key=value, not "${pair}"`);
    if (at < 0) options[pair] = true;
    else options[pair.slice(0, at)] = parseValue(pair.slice(at + 1));
  }
  return { reference, options };
}
