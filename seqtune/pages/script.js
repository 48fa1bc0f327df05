"use strict";
/* What a page does where scripts run: values where somebody points, zoom by dragging, sorted tables.
   Everything that it writes comes from the page itself and is written as text. */
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  const make = (name, attributes, text) => {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  const figure = (value) => {
    if (value === null || value === undefined) return "–";
    if (Number.isInteger(value)) return value.toLocaleString("en");
    const size = Math.abs(value);
    if (size >= 1e9 || size < 1e-4) return value.toExponential(2);
    return Number(value.toPrecision(size >= 1000 ? 6 : 4)).toLocaleString("en", { maximumFractionDigits: 6 });
  };

  /* sorted tables */

  const keyOf = (row, column) => {
    const cell = row.children[column];
    if (cell.dataset.key !== undefined) return Number(cell.dataset.key);
    const text = cell.textContent.trim();
    const number = Number(text.replace(/,/g, "").replace("−", "-"));
    return text !== "" && Number.isFinite(number) ? number : text;
  };

  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b, "en", { numeric: true });
  };

  const empty = (row, column) => {
    const cell = row.children[column];
    return cell.dataset.key === undefined && ["", "-", "–"].includes(cell.textContent.trim());
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...body.rows].map((row) => [empty(row, column), keyOf(row, column), row]);
        rows.sort((a, b) => a[0] - b[0] || (up ? 1 : -1) * compare(a[1], b[1]));
        body.append(...rows.map((entry) => entry[2]));
      });
    });
  }

  /* what is read where somebody points */

  const readout = (holder) => {
    const box = document.createElement("div");
    box.className = "readout";
    box.hidden = true;
    box.setAttribute("aria-hidden", "true");
    holder.append(box);
    return box;
  };

  const place = (box, holder, x, y) => {
    box.hidden = false;
    const wide = holder.clientWidth;
    const left = x + 14 + box.offsetWidth > wide ? x - 14 - box.offsetWidth : x + 14;
    box.style.left = `${Math.max(0, Math.min(left, wide - box.offsetWidth))}px`;
    box.style.top = `${Math.max(0, y - box.offsetHeight - 8)}px`;
  };

  const lines = (box, head, entries) => {
    const title = document.createElement("b");
    title.textContent = head;
    box.replaceChildren(title);
    for (const [name, value] of entries) {
      box.append(document.createElement("br"), `${name} `);
      const strong = document.createElement("b");
      strong.textContent = value;
      box.append(strong);
    }
  };

  const wrap = (svg) => {
    const holder = document.createElement("div");
    holder.className = "hovered";
    svg.before(holder);
    holder.append(svg);
    return holder;
  };

  /* points of the screen as points of the drawing */
  const inside = (svg, event) => {
    const box = svg.getBoundingClientRect();
    const view = svg.viewBox.baseVal;
    return [((event.clientX - box.left) / box.width) * view.width, ((event.clientY - box.top) / box.height) * view.height];
  };

  const plotOf = (svg) => {
    const grid = [...svg.querySelectorAll(".grid")];
    const floor = svg.querySelector(".edge");
    const left = Number(floor.getAttribute("x1"));
    const right = Number(floor.getAttribute("x2"));
    const bottom = Number(floor.getAttribute("y1"));
    const tops = grid.map((line) => Number(line.getAttribute("y1")));
    return { left, right, bottom, top: Math.min(...tops, bottom) };
  };

  const nearest = (places, at) => {
    let low = 0;
    let high = places.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (places[middle] < at) low = middle;
      else high = middle;
    }
    return at - places[low] <= places[high] - at ? low : high;
  };

  const series = (svg, data) => {
    const holder = wrap(svg);
    const box = readout(holder);
    const plot = plotOf(svg);
    const original = svg.innerHTML;
    let view = [0, 1];
    let from = null;
    let cursor = null;
    let chosen = null;

    const tools = document.createElement("div");
    tools.className = "tools";
    tools.hidden = true;
    const reset = document.createElement("button");
    reset.type = "button";
    reset.className = "tool";
    reset.textContent = "Show all";
    tools.append(reset);
    holder.append(tools);

    const toShare = (x) => view[0] + ((x - plot.left) / (plot.right - plot.left)) * (view[1] - view[0]);
    const toX = (share) => plot.left + ((share - view[0]) / (view[1] - view[0])) * (plot.right - plot.left);

    const drop = () => {
      cursor?.remove();
      chosen?.remove();
      cursor = chosen = null;
      box.hidden = true;
    };

    const show = (event) => {
      const [x, y] = inside(svg, event);
      if (x < plot.left - 6 || x > plot.right + 6 || y > plot.bottom + 20) return drop();
      const at = nearest(data.at, toShare(Math.min(Math.max(x, plot.left), plot.right)));
      const here = toX(data.at[at]);
      if (here < plot.left - 1 || here > plot.right + 1) return drop();
      cursor ??= svg.appendChild(make("line", { class: "cursor", y1: plot.top, y2: plot.bottom }));
      cursor.setAttribute("x1", here);
      cursor.setAttribute("x2", here);
      const known = data.lines.filter((line) => line.y[at] !== null);
      const entries = known.slice(0, 8).map((line) => [line.name, figure(line.y[at])]);
      if (known.length > 8) entries.push([`and ${known.length - 8} more`, ""]);
      lines(box, data.x[at], entries);
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      place(box, holder, here * scale, y * scale);
    };

    const path = (values, up) => {
      let text = "";
      let down = false;
      data.at.forEach((share, at) => {
        if (share < view[0] || share > view[1]) return;
        const height = values[at] === null ? null : up(values[at]);
        if (height === null) { down = false; return; }
        text += `${down ? "L" : "M"}${toX(share).toFixed(1)} ${height.toFixed(1)}`;
        if (!down) text += "h0";
        down = true;
      });
      return text;
    };

    const zoom = (low, high) => {
      view = [low, high];
      const seen = data.at.map((share) => share >= low && share <= high);
      const values = [];
      for (const line of data.lines) line.y.forEach((value, at) => { if (seen[at] && value !== null && (!data.log || value > 0)) values.push(value); });
      if (!values.length) return;
      const raise = data.log ? Math.log10 : (value) => value;
      let least = raise(values.reduce((a, b) => Math.min(a, b)));
      let most = raise(values.reduce((a, b) => Math.max(a, b)));
      const room = (most - least) * 0.06 || Math.abs(most) * 0.1 || 1;
      least -= room;
      most += room;
      const up = (value) => (data.log && value <= 0 ? null : plot.bottom - ((raise(value) - least) / (most - least)) * (plot.bottom - plot.top));
      svg.querySelectorAll(".line,.band,.grid,.tick,.span,.direct,.level,.edge").forEach((node) => node.remove());
      const add = (name, attributes, text) => svg.append(make(name, attributes, text));
      for (const span of data.spans) {
        const left = Math.max(plot.left, toX(span.from));
        const right = Math.min(plot.right, toX(span.to));
        if (left <= right) add("rect", { class: `span ${span.look}`, x: left, y: plot.top, width: Math.max(1, right - left), height: plot.bottom - plot.top });
      }
      for (let number = 0; number < 5; number += 1) {
        const height = least + ((number + 0.5) / 5) * (most - least);
        const value = data.log ? 10 ** height : height;
        const y = up(value);
        add("line", { class: "grid", x1: plot.left, x2: plot.right, y1: y, y2: y });
        add("text", { class: "tick", x: plot.left - 6, y: y + 4, "text-anchor": "end" }, figure(Number(value.toPrecision(3))));
      }
      add("line", { class: "edge", x1: plot.left, x2: plot.right, y1: plot.bottom, y2: plot.bottom });
      const shown = data.at.map((share, at) => at).filter((at) => seen[at]);
      const ends = [shown[0], shown[shown.length - 1]];
      ends.forEach((at, number) => add("text", { class: "tick", x: toX(data.at[at]), y: plot.bottom + 16, "text-anchor": number ? "end" : "start" }, data.x[at]));
      for (const band of data.bands) {
        let text = "";
        const kept = shown.filter((at) => band.low[at] !== null && band.high[at] !== null && up(band.low[at]) !== null);
        kept.forEach((at, number) => { text += `${number ? "L" : "M"}${toX(data.at[at]).toFixed(1)} ${Math.max(plot.top, up(band.high[at])).toFixed(1)}`; });
        kept.reverse().forEach((at) => { text += `L${toX(data.at[at]).toFixed(1)} ${Math.min(plot.bottom, up(band.low[at])).toFixed(1)}`; });
        if (text) add("path", { class: `band ${band.look}`, d: `${text}Z` });
      }
      for (const line of data.lines) add("path", { class: `line ${line.look}`, d: path(line.y, up) });
      const level = data.level === null ? null : up(data.level);
      if (level !== null && level >= plot.top && level <= plot.bottom) add("line", { class: `level ${data.levelLook}`, x1: plot.left, x2: plot.right, y1: level, y2: level });
      tools.hidden = false;
    };

    reset.addEventListener("click", () => {
      view = [0, 1];
      cursor = chosen = null;
      svg.innerHTML = original;
      tools.hidden = true;
    });
    svg.addEventListener("pointermove", (event) => {
      if (from === null) return show(event);
      const x = Math.min(Math.max(inside(svg, event)[0], plot.left), plot.right);
      chosen ??= svg.appendChild(make("rect", { class: "chosen", y: plot.top, height: plot.bottom - plot.top }));
      chosen.setAttribute("x", Math.min(from, x));
      chosen.setAttribute("width", Math.abs(x - from));
    });
    svg.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button !== 0) return;
      const x = inside(svg, event)[0];
      if (x < plot.left || x > plot.right) return;
      from = x;
      event.preventDefault();
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const x = Math.min(Math.max(inside(svg, event)[0], plot.left), plot.right);
      const ends = [toShare(Math.min(from, x)), toShare(Math.max(from, x))];
      const wide = Math.abs(x - from);
      from = null;
      drop();
      const inView = data.at.filter((share) => share >= ends[0] && share <= ends[1]).length;
      if (wide > 8 && inView > 2) zoom(ends[0], ends[1]);
    });
    svg.addEventListener("pointerleave", () => { if (from === null) drop(); });
  };

  const points = (svg, data) => {
    const holder = wrap(svg);
    const box = readout(holder);
    svg.addEventListener("pointermove", (event) => {
      const [x, y] = inside(svg, event);
      let best = null;
      let least = 18 ** 2;
      for (const point of data) {
        const far = (point[0] - x) ** 2 + (point[1] - y) ** 2;
        if (far < least) { least = far; best = point; }
      }
      if (!best) { box.hidden = true; return; }
      lines(box, best[2], [["x", figure(best[3])], ["y", figure(best[4])]]);
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      place(box, holder, best[0] * scale, best[1] * scale);
    });
    svg.addEventListener("pointerleave", () => { box.hidden = true; });
  };

  for (const store of document.querySelectorAll("script.series")) {
    const data = JSON.parse(store.textContent);
    if (data.at.length < 2) continue;
    for (const svg of store.parentElement.querySelectorAll("svg.chart")) series(svg, data);
  }
  for (const store of document.querySelectorAll("script.points")) {
    const svg = store.previousElementSibling;
    if (svg) points(svg, JSON.parse(store.textContent));
  }

  /* notes of a text */
  for (const text of document.querySelectorAll(".passage")) {
    const holder = document.createElement("div");
    holder.className = "hovered";
    text.before(holder);
    holder.append(text);
    const box = readout(holder);
    text.addEventListener("pointermove", (event) => {
      const note = event.target.dataset?.note;
      if (!note) { box.hidden = true; return; }
      lines(box, note, []);
      const edge = holder.getBoundingClientRect();
      place(box, holder, event.clientX - edge.left, event.clientY - edge.top);
    });
    text.addEventListener("pointerleave", () => { box.hidden = true; });
  }

  /* commands are copied by a button */
  for (const listing of document.querySelectorAll("pre.listing")) {
    if (!navigator.clipboard) break;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = "Copy";
    const tools = document.createElement("div");
    tools.className = "tools";
    tools.append(button);
    listing.after(tools);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(listing.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
  }
})();
