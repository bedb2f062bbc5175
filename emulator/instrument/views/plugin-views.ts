// `vm.views` of one plugin: what it registered, to be collected when somebody looks.
import type {
  Bar,
  CoveredBlock,
  FlameOptions,
  Graph,
  HeatMap,
  IntervalVector,
  LogLine,
  Row,
  SeriesOptions,
  StackSample,
  TableOptions,
  TimelineEntry,
  Views,
} from "../../../plugins/api/index.ts";
import { requireFunction } from "../plugin-callbacks.ts";
import type { ViewData, ViewKind } from "../view-data.ts";
import { barsData } from "./bars.ts";
import { coverageData } from "./coverage.ts";
import { flameData } from "./flame.ts";
import type { FunctionNames } from "./function-names.ts";
import { Given } from "./given.ts";
import { graphData } from "./graph.ts";
import { heatMapData } from "./heat-map.ts";
import { intervalsData } from "./intervals.ts";
import { logData } from "./log.ts";
import { SeriesHistory } from "./series.ts";
import { tableData } from "./table.ts";
import { timelineData } from "./timeline.ts";

/** What collecting needs to know of now. */
export interface Moment {
  /** Instructions executed so far. */
  instructions: bigint;
  functions: FunctionNames;
}

export interface RegisteredView {
  readonly title: string;
  readonly kind: ViewKind;
  /** Calls the plugin. @throws what it throws, or says what is wrong with what it gave. */
  collect(now: Moment): ViewData;
}

/** Whose views they are. A plugin that is reset gets another list. */
export interface ViewsOwner {
  readonly name: string;
  readonly views: RegisteredView[];
}

/** What makes a view's data of what its function gave. */
type Collector = (given: Given, value: unknown, now: Moment) => Omit<ViewData, "plugin" | "title" | "kind">;

export class PluginViews implements Views {
  readonly #owner: ViewsOwner;
  readonly #check: () => void;

  /** `check` throws when the plugin may not register anything. */
  constructor(owner: ViewsOwner, check: () => void) {
    this.#owner = owner;
    this.#check = check;
  }

  table(title: string, rows: () => Iterable<Row>, options: TableOptions = {}): void {
    this.#register("table", title, rows, (given, value) => tableData(given, value, options));
  }

  bars(title: string, bars: () => Iterable<Bar>): void {
    this.#register("bars", title, bars, barsData);
  }

  series(
    title: string,
    figures: () => Readonly<Record<string, bigint | number>>,
    { unit, rate = false }: SeriesOptions = {},
  ): void {
    const history = new SeriesHistory();
    this.#register("series", title, figures, (given, value, { instructions }) => {
      history.add(given, instructions, value);
      return { unit: unit === undefined ? undefined : String(unit), rate: Boolean(rate), ...history.data() };
    });
  }

  flame(title: string, samples: () => Iterable<StackSample>, { unit = "instructions" }: FlameOptions = {}): void {
    this.#register("flame", title, samples, (given, value, { functions }) => ({
      unit: String(unit),
      ...flameData(given, value, functions),
    }));
  }

  heatMap(title: string, map: () => HeatMap): void {
    this.#register("heatMap", title, map, heatMapData);
  }

  timeline(title: string, entries: () => Iterable<TimelineEntry>): void {
    this.#register("timeline", title, entries, timelineData);
  }

  graph(title: string, graph: () => Graph): void {
    this.#register("graph", title, graph, (given, value, { functions }) => graphData(given, value, functions));
  }

  log(title: string, lines: () => Iterable<LogLine>): void {
    this.#register("log", title, lines, logData);
  }

  coverage(title: string, blocks: () => Iterable<CoveredBlock>): void {
    this.#register("coverage", title, blocks, coverageData);
  }

  intervals(title: string, vectors: () => Iterable<IntervalVector>): void {
    this.#register("intervals", title, vectors, intervalsData);
  }

  #register(kind: ViewKind, name: string, give: () => unknown, collector: Collector): void {
    this.#check();
    requireFunction(give, `views.${kind}`);
    const { name: plugin, views } = this.#owner;
    const title = String(name);
    if (views.some((view) => view.title === title))
      throw new Error(`views.${kind}: a view with the title "${title}" is there already`);
    const given = new Given(`${kind} "${title}"`);
    const collect = (now: Moment) => ({ plugin, title, kind, ...collector(given, give(), now) }) as ViewData;
    views.push({ title, kind, collect });
  }
}
