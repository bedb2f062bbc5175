// Chrome's trace events as JSON: each view is a process, each lane of a timeline a thread of it, figures over time are
// counters. Traces know microseconds: here each is one guest instruction, and the metadata says so. Figures are given
// as they were, also those that are shown as rates: viewers make rates of counters themselves.
import { type ExportContext, exporterOfMany, type ViewOf } from "./exporter.ts";

interface TraceEvent {
  name: string;
  ph: "X" | "i" | "C" | "M";
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  s?: "t";
  cat?: string;
  args?: Record<string, string | number>;
}

type Entry = ViewOf<"timeline">["entries"][number];

export const chromeTrace = exporterOfMany({
  format: "chrome-trace",
  extension: ".trace.json",
  description: "events and figures over time, for Perfetto, Chromium's tracing page and speedscope",
  kinds: ["timeline", "series"],
  write(views, context) {
    const traceEvents = views.flatMap((view, i) => {
      const pid = i + 1;
      const events = view.kind === "timeline" ? timeline(view, pid, context) : counters(view, pid);
      return [metadata("process_name", pid, 1, { name: `${view.title} (${view.plugin})` }), ...events];
    });
    const otherData = {
      program: context.programPath,
      guest: context.guestName,
      instructions: String(context.instructions),
      time: "one microsecond is one guest instruction",
    };
    return `${JSON.stringify({ traceEvents, displayTimeUnit: "ms", otherData })}\n`;
  },
});

const metadata = (name: string, pid: number, tid: number, args: Record<string, string | number>): TraceEvent => ({
  name,
  ph: "M",
  pid,
  tid,
  ts: 0,
  args,
});

function timeline({ plugin, lanes, entries }: ViewOf<"timeline">, pid: number, context: ExportContext): TraceEvent[] {
  let threads = 0;
  const byLane = lanes.map((): Entry[] => []);
  for (const entry of entries) byLane[entry.lane].push(entry);
  return lanes.flatMap((lane, number) => {
    return nested(byLane[number]).flatMap((track, i) => {
      const tid = ++threads;
      return [
        metadata("thread_name", pid, tid, { name: i === 0 ? lane : `${lane} (${i + 1})` }),
        metadata("thread_sort_index", pid, tid, { sort_index: tid }),
        ...track.map((entry) => traceEvent(entry, plugin, pid, tid, context)),
      ];
    });
  });
}

function traceEvent(
  { label, start, end, address }: Entry,
  plugin: string,
  pid: number,
  tid: number,
  context: ExportContext,
): TraceEvent {
  const common = { name: label, cat: plugin, pid, tid, ts: start, ...placeArguments(address, context) };
  return end > start ? { ...common, ph: "X", dur: end - start } : { ...common, ph: "i", s: "t" };
}

function placeArguments(address: string | undefined, context: ExportContext): Pick<TraceEvent, "args"> {
  if (address === undefined) return {};
  const { function: name, file, line } = context.locate(BigInt(address));
  return {
    args: {
      address,
      ...(name === undefined ? {} : { function: name }),
      ...(file === undefined ? {} : { source: line === undefined ? file : `${file}:${line}` }),
    },
  };
}

/** Within a thread one event may be in another, but not overlap its end: those that would go to a thread of their own. */
function nested(entries: readonly Entry[]): Entry[][] {
  const sorted = [...entries].sort((a, b) => a.start - b.start || b.end - a.end);
  const tracks: { entries: Entry[]; open: number[] }[] = [{ entries: [], open: [] }];
  for (const entry of sorted) {
    let track = tracks.find(({ open }) => {
      while (open.length > 0 && open[open.length - 1] <= entry.start) open.pop();
      return open.length === 0 || entry.end <= open[open.length - 1];
    });
    if (!track) tracks.push((track = { entries: [], open: [] }));
    track.entries.push(entry);
    if (entry.end > entry.start) track.open.push(entry.end);
  }
  return tracks.map((track) => track.entries);
}

function counters({ title, unit, names, points }: ViewOf<"series">, pid: number): TraceEvent[] {
  const name = unit === undefined ? title : `${title} (${unit})`;
  return points.map(([ts, ...values]) => ({
    name,
    ph: "C",
    pid,
    tid: 0,
    ts,
    args: Object.fromEntries(names.map((series, i) => [series, values[i]])),
  }));
}
