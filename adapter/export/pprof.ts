// pprof's profiles: protocol buffers, compressed. A location is an address with its function and line.
import { gzipSync } from "node:zlib";
import {
  Line,
  Location,
  Mapping,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import { exporterOfOne } from "./exporter.ts";
import { type FunctionNode, functionTree, walk } from "./flame-tree.ts";

export const pprof = exporterOfOne({
  format: "pprof",
  extension: ".pb.gz",
  description: "call stacks with functions, lines and addresses, for pprof",
  kinds: ["flame"],
  write(view, context) {
    const strings = new StringTable();
    const valueType = new ValueType({
      type: strings.dedup(view.unit),
      unit: strings.dedup(view.unit === "bytes" ? "bytes" : "count"),
    });
    const mapping = context.modules.map(
      ({ name, start, end }, i) =>
        new Mapping({
          id: i + 1,
          memoryStart: start,
          memoryLimit: end,
          filename: strings.dedup(name),
          hasFunctions: true,
          hasFilenames: true,
          hasLineNumbers: true,
        }),
    );
    const functions = new Map<string, PprofFunction>();
    const functionOf = ({ name, file }: FunctionNode) => {
      const key = `${name}\n${file ?? ""}`;
      let fn = functions.get(key);
      if (!fn) {
        const text = strings.dedup(name);
        fn = new PprofFunction({
          id: functions.size + 1,
          name: text,
          systemName: text,
          filename: strings.dedup(file ?? ""),
        });
        functions.set(key, fn);
      }
      return fn;
    };
    const locations = new Map<string, Location>();
    const locationOf = (node: FunctionNode) => {
      const { address, line } = node;
      const fn = functionOf(node);
      const key = `${fn.id} ${address}`;
      let location = locations.get(key);
      if (!location) {
        const home =
          address === undefined ? -1 : context.modules.findIndex(({ start, end }) => address >= start && address < end);
        location = new Location({
          id: locations.size + 1,
          mappingId: home + 1, // 0: none
          address: address ?? 0,
          line: [new Line({ functionId: fn.id, line: line ?? 0 })],
        });
        locations.set(key, location);
      }
      return location.id;
    };
    const sample: Sample[] = [];
    const stack: Location["id"][] = [];
    for (const { node, depth } of walk(functionTree(view, context))) {
      stack.length = depth;
      stack.push(locationOf(node));
      const value = Math.round(node.self);
      if (value > 0) sample.push(new Sample({ locationId: [...stack].reverse(), value: [value] }));
    }
    const profile = new Profile({
      sampleType: [valueType],
      sample,
      mapping,
      location: [...locations.values()],
      function: [...functions.values()],
      stringTable: strings,
      periodType: valueType,
      period: 1,
      comment: [strings.dedup(`${context.programPath}: ${view.title}`)],
    });
    return gzipSync(profile.encode());
  },
});
