// The control and status registers that user mode has. Time is the count of executed instructions, so that every run
// of a program reads the same values.

/** Of the `time` CSR, in Hz. */
export const CLOCK_FREQUENCY = 10_000_000;
/** Instructions per tick of the `time` CSR, which make it a billion instructions a second. */
export const INSTRUCTIONS_PER_TICK = 100n;

export const Csr = {
  fflags: 0x001,
  frm: 0x002,
  fcsr: 0x003,
  cycle: 0xc00,
  time: 0xc01,
  instret: 0xc02,
} as const;

/** Is it one that the ISA forbids to write (bits 11:10 both set)? */
export function isReadOnly(csr: number): boolean {
  return (csr & 0xc00) === 0xc00;
}
