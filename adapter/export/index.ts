// The formats. One more is a file beside this one and a row here.
import { bbv } from "./bbv.ts";
import { callgrind } from "./callgrind.ts";
import { chromeTrace } from "./chrome-trace.ts";
import { collapsed } from "./collapsed.ts";
import { cpuprofile } from "./cpuprofile.ts";
import { csv } from "./csv.ts";
import { dot } from "./dot.ts";
import { drcov } from "./drcov.ts";
import type { Exporter } from "./exporter.ts";
import { json } from "./json.ts";
import { lcov } from "./lcov.ts";
import { pprof } from "./pprof.ts";
import { speedscope } from "./speedscope.ts";

export const exporters: readonly Exporter[] = [
  drcov,
  lcov,
  callgrind,
  pprof,
  collapsed,
  cpuprofile,
  speedscope,
  chromeTrace,
  bbv,
  dot,
  csv,
  json,
];
