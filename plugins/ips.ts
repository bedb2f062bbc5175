// How would the program behave on a processor that executes so many instructions a second?
//
// The guest's clock advances by what is executed, so that programs that measure time, or wait for it, do the same on
// every host. Takes the guest's clock.
//
// Price: an addition and a comparison for each block, and a callback for each thousandth of a second of guest time; a system call
// finds the clock exact. A guest that waits for time to pass has it pass at once.
import { definePlugin } from "@terrarium/api";

const SECOND = 1_000_000_000n;

export default definePlugin({
  name: "ips",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "The guest's clock advances with executed instructions, at a rate",
  options: {
    ips: {
      type: "integer",
      default: 1_000_000_000,
      minimum: 1000,
      maximum: 1_000_000_000_000,
      description: "Instructions per second of guest time",
    },
  },
  install(vm, { ips }) {
    const clock = vm.takeClock();
    const rate = BigInt(ips);
    const [cpu] = vm.vcpus;
    const begun = cpu.instructionCount;
    /** Nanoseconds that passed while the guest waited. */
    let idle = 0n;
    const since = vm.counter("instructions since the clock was set");
    const quantum = Math.max(1, Math.floor(ips / 1000));

    const executed = () => cpu.instructionCount - begun;
    const advance = () => {
      since.value = 0n;
      const now = (executed() * SECOND) / rate + idle;
      if (now > clock.nanoseconds) clock.advanceTo(now);
    };

    vm.onTranslate((tb) => {
      tb.inline.add(since, tb.instructions.length);
      tb.onExecute(advance, { when: since.ge(quantum) });
    });
    vm.onSyscall(advance);
    vm.onVcpuIdle((_vcpu, nanoseconds) => {
      idle += nanoseconds ?? 0n;
      advance();
    });

    const seconds = (nanoseconds: bigint) => Number(nanoseconds) / Number(SECOND);
    vm.views.series("Guest time", () => {
      advance();
      return { milliseconds: 1000 * seconds(clock.nanoseconds), "of which waiting": 1000 * seconds(idle) };
    });
    vm.views.table(
      "Instructions per second",
      () => {
        advance();
        const time = seconds(clock.nanoseconds);
        const instructions = executed();
        return [
          { instructions, seconds: time, waiting: seconds(idle), rate: time > 0 ? Number(instructions) / time : 0 },
        ];
      },
      { columns: { instructions: "integer", seconds: "number", waiting: "number", rate: "integer" } },
    );
  },
});
