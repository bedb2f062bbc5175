// All kinds of code that made-up programs have.
import { alternatingPointers, edgesOfMappings, misaligned, reservations, streams } from "./accesses.ts";
import { functionTable, leafCalls, nestedCalls, recursion, strangeReturns, tailCalls } from "./calls.ts";
import { badPointers, faultingLoop, fetchFaults, illegalInstructions, repairedPages } from "./faults.ts";
import { codeBesideData, generatedCode, writtenByKernel } from "./generated-code.ts";
import { intoInstructions, intoTheMiddle, randomGraph, switches } from "./jumps.ts";
import { countedLoops, whileLoops } from "./loops.ts";
import { changingProtection, codeThatMoves, comingAndGoing } from "./mappings.ts";
import { acrossPages, callsAcrossPages } from "./pages.ts";
import { ownBlock, patchedFunction, patchedLargeFunction } from "./self-modifying.ts";
import type { Shape } from "./shape.ts";

export const shapes: readonly Shape[] = [
  countedLoops,
  whileLoops,
  leafCalls,
  nestedCalls,
  recursion,
  tailCalls,
  functionTable,
  strangeReturns,
  switches,
  randomGraph,
  intoTheMiddle,
  intoInstructions,
  acrossPages,
  callsAcrossPages,
  misaligned,
  alternatingPointers,
  streams,
  reservations,
  edgesOfMappings,
  faultingLoop,
  badPointers,
  repairedPages,
  fetchFaults,
  illegalInstructions,
  changingProtection,
  comingAndGoing,
  codeThatMoves,
  patchedFunction,
  patchedLargeFunction,
  ownBlock,
  generatedCode,
  codeBesideData,
  writtenByKernel,
];
