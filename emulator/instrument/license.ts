// Licence expressions in the SPDX syntax: `MIT`, `Apache-2.0 OR MIT`, `GPL-2.0-only WITH Classpath-exception-2.0`.

const known = new Set(
  `0BSD AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-2-Clause-Patent
  BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 CC-BY-4.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.1
  ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ISC
  LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-1.1
  MPL-2.0 MS-PL MS-RL MulanPSL-2.0 NCSA NTP OFL-1.1 OSL-3.0 PostgreSQL Python-2.0 UNLICENSED Unlicense UPL-1.0
  Vim W3C WTFPL X11 Zlib ZPL-2.1`.split(/\s+/),
);

/** What is wrong with the expression, or undefined. */
export function licenseFault(expression: string): string | undefined {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  let depth = 0;
  let wanted: "operand" | "operator" | "exception" = "operand";
  for (const word of words) {
    if (word === "(" && wanted === "operand") depth++;
    else if (word === ")" && wanted === "operator" && depth > 0) depth--;
    else if (wanted === "exception" && /^[A-Za-z0-9.-]+$/.test(word)) wanted = "operator";
    else if (wanted === "operator" && (word === "AND" || word === "OR")) wanted = "operand";
    else if (wanted === "operator" && word === "WITH") wanted = "exception";
    else if (wanted === "operand") {
      const id = word.replace(/\+$/, "");
      if (!known.has(id) && !/^LicenseRef-[A-Za-z0-9.-]+$/.test(id)) return `"${word}" is no known licence`;
      wanted = "operator";
    } else return `"${word}" is not expected there`;
  }
  return wanted === "operator" && depth === 0 ? undefined : "it is not complete";
}
