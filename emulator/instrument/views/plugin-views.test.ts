import assert from "node:assert/strict";
import { test } from "node:test";
import { PluginViews, type RegisteredView } from "./plugin-views.ts";
import { registerViews } from "./testing/collect-view.ts";

test("a title is that of one view", () => {
  const register = () =>
    registerViews((views) => {
      views.table("Same", () => []);
      views.log("Other", () => []);
      views.bars("Same", () => []);
    });
  assert.throws(register, { message: 'views.bars: a view with the title "Same" is there already' });
});

test("a view needs a function", () => {
  const register = () => registerViews((views) => views.heatMap("Map", [] as never));
  assert.throws(register, { name: "TypeError", message: "views.heatMap needs a function" });
});

test("a plugin that is gone registers nothing", () => {
  const views: RegisteredView[] = [];
  const api = new PluginViews({ name: "gone", views }, () => {
    throw new Error("it is gone");
  });
  assert.throws(() => api.graph("G", () => ({ edges: [] })), /it is gone/);
  assert.deepEqual(views, []);
});

test("the plugin's functions are called when somebody looks, and what they throw is passed on", () => {
  let calls = 0;
  const collect = registerViews((views) => {
    views.log("L", () => [`call ${++calls}`]);
    views.timeline("T", () => {
      if (calls > 1) throw new Error("no more");
      return [];
    });
  });
  assert.equal(calls, 0);
  assert.deepEqual(
    collect().map((view) => view.kind),
    ["log", "timeline"],
  );
  assert.throws(collect, /no more/);
});
