/* Charts of JSON data blocks: <div data-chart="balance|sankey" data-chart-source="id of the JSON">. */
(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 6 });
  const common = () => ({
    animation: false, textStyle: { color: colour("--ink"), fontFamily: "system-ui, sans-serif" },
    /* richText is drawn on the canvas: the HTML tooltip would need inline styles. */
    tooltip: { renderMode: "richText", backgroundColor: colour("--sheet"), textStyle: { color: colour("--ink"), fontSize: 12 } },
  });

  const balance = (data) => ({
    ...common(),
    grid: { left: 56, right: 16, top: 20, bottom: 28 },
    tooltip: { ...common().tooltip, trigger: "axis", formatter: (at) => at.map((point) => `${point.data.name || point.value[0]}: ${number.format(point.value[1])}`).join("\n") },
    xAxis: { type: "time", axisLabel: { color: colour("--faint"), hideOverlap: true }, axisLine: { lineStyle: { color: colour("--line-strong") } } },
    yAxis: { type: "value", axisLabel: { color: colour("--faint"), formatter: (value) => number.format(value) }, splitLine: { lineStyle: { color: colour("--line") } } },
    series: [{
      type: "line", step: "end", symbolSize: 5, lineStyle: { width: 2 }, itemStyle: { color: colour("--accent") },
      areaStyle: { opacity: 0.08 },
      data: data.points.map((point) => ({ name: point.label ? `${point.on} ${point.label}` : point.on, value: [point.on, Number(point.balance)] })),
      markLine: { silent: true, symbol: "none", data: marks(data), lineStyle: { color: colour("--bad") }, label: { color: colour("--faint") } },
    }],
  });
  const marks = (data) => {
    const lines = [{ yAxis: 0, label: { formatter: "0" } }];
    if (data.minimum && Number(data.minimum) > 0) lines.push({ yAxis: Number(data.minimum), lineStyle: { type: "dashed", color: colour("--warn") } });
    if (data.today) lines.push({ xAxis: data.today, lineStyle: { type: "dotted", color: colour("--faint") }, label: { formatter: data.today } });
    return lines;
  };

  /* A Sankey cannot draw a circle: an edge that leads back is left out (the tree table below shows it). */
  const withoutCircles = (links) => {
    const kept = new Map();
    const leadsTo = (from, wanted, seen = new Set()) => {
      if (from === wanted) return true;
      if (seen.has(from)) return false;
      seen.add(from);
      return (kept.get(from) || []).some((next) => leadsTo(next, wanted, seen));
    };
    return links.filter((link) => {
      if (!(Number(link.value) > 0) || leadsTo(link.target, link.source)) return false;
      kept.set(link.source, [...(kept.get(link.source) || []), link.target]);
      return true;
    });
  };
  const TONES = { good: "--good", warn: "--warn", bad: "--bad", info: "--info", quiet: "--quiet" };
  const sankey = (data) => {
    const known = new Map(data.nodes.map((node) => [String(node.id), node]));
    const links = data.links
      .map((link) => ({ source: String(link.source), target: String(link.target), value: Number(link.value), label: link.label }))
      .filter((link) => known.has(link.source) && known.has(link.target));
    return {
      ...common(),
      tooltip: { ...common().tooltip, formatter: (at) => (at.dataType === "edge" ? `${known.get(at.data.source).label} → ${known.get(at.data.target).label}: ${at.data.text || number.format(at.data.value)}` : known.get(at.name)?.label || at.name) },
      series: [{
        type: "sankey", left: 8, right: 150, top: 12, bottom: 12, nodeWidth: 12, nodeGap: 10, draggable: false,
        emphasis: { focus: "adjacency" }, lineStyle: { color: colour("--line-strong"), opacity: 0.35, curveness: 0.5 },
        label: { color: colour("--ink"), fontSize: 11, formatter: (at) => known.get(at.name)?.label || at.name },
        data: [...known.values()].map((node) => ({ name: String(node.id), url: node.url, itemStyle: { color: colour(TONES[node.tone] || "--accent") } })),
        links: withoutCircles(links).map((link) => ({ source: link.source, target: link.target, value: link.value, text: link.label })),
      }],
    };
  };
  const KINDS = { balance, sankey };

  const draw = (place) => {
    const source = document.getElementById(place.dataset.chartSource);
    const make = KINDS[place.dataset.chart];
    if (!source || !make || !window.echarts) return;
    const data = JSON.parse(source.textContent);
    const chart = window.echarts.getInstanceByDom(place) || window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(make(data), true);
    chart.off("click");
    chart.on("click", (at) => { if (at.data?.url?.startsWith("/")) location.assign(at.data.url); });
    if (!place.dataset.drawn) new ResizeObserver(() => chart.resize()).observe(place);
    place.dataset.drawn = "yes";
  };
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);
  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  if (document.readyState === "complete") drawAll();
})();
