import type { CoverageData } from "../../../emulator/instrument/view-data.ts";
import type { Share } from "../../debugger/coverage-summary.ts";
import { alignedTable, percent } from "./columns.ts";
import type { Places } from "./places.ts";

/** By function, then by source file where that is known. */
export function coverageText({ blocks }: CoverageData, places: Places): string[] {
  const ran = blocks.filter(([, , executions]) => executions > 0).length;
  const summary = places.coverage(blocks);
  const lines = [`${ran} of ${blocks.length} translated blocks have run`];
  if (!summary) return lines;
  const functions = summary.functions.map(({ name, address, bytes, lines, path, line }) => [
    name,
    `0x${address.toString(16)}`,
    ...figures(bytes),
    ...(lines ? figures(lines) : ["", ""]),
    path === undefined ? "" : `${path}:${line}`,
  ]);
  const header = ["function", "address", "bytes", "", "lines", "", "where"];
  lines.push(...alignedTable(header, functions, ["left", "left", "right", "right", "right", "right", "left"]));
  if (summary.files.length === 0) return lines;
  const files = summary.files.map(({ path, lines, missed }) => [
    path,
    ...figures(lines),
    missed === undefined ? "" : String(missed),
  ]);
  const fileHeader = ["file", "lines", "", "first not run"];
  return [...lines, "", ...alignedTable(fileHeader, files, ["left", "right", "right", "right"])];
}

const figures = ({ covered, total }: Share) => [`${covered}/${total}`, percent(covered, total)];
