"use strict";

// What comes from the server is shown as text, never as HTML.

const at = (id) => document.getElementById(id);
const ROWS_SHOWN = 200;
let models = [];

function headers(more) {
  const token = at("token").value.trim();
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function shown(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return Number(value.toPrecision(5)).toString();
}

async function load() {
  const response = await fetch("models", { headers: headers({}) });
  at("access").hidden = response.status !== 401;
  if (!response.ok) return;
  models = (await response.json()).models;
  at("model").replaceChildren(...models.map((model) => new Option(model.name, model.name)));
  at("choice").hidden = models.length < 2;
  show();
}

function chosen() {
  return models.find((model) => model.name === at("model").value);
}

function show() {
  const model = chosen();
  at("card").hidden = false;
  at("name").textContent = model.name;
  at("remark").textContent = model.remark;
  const scores = (found) => Object.entries(found).map(([name, value]) => `${name} ${shown(value)}`);
  const facts = {
    Task: model.task,
    Model: model.detail ? `${model.model} (${model.detail})` : model.model,
    Parameters: shown(model.parameters),
    Data: model.data,
    Validation: scores(model.validation).join(", "),
    Test: scores(model.test).join(", "),
    Columns: model.columns.map((column) => `${column.name} (${column.role})`).join(", "),
  };
  const lines = Object.entries(facts).filter(([, value]) => value).map(([name, value]) => {
    const line = document.createElement("tr");
    line.append(element("th", name), element("td", value));
    return line;
  });
  at("facts").replaceChildren(...lines);
  const options = Object.entries(model.options).filter(([, schema]) => "default" in schema);
  const writes = options.length > 0;
  const example = writes
    ? Object.fromEntries(options.map(([name, schema]) => [name, schema.default]))
    : model.example;
  at("question").value = JSON.stringify(example, null, 1);
  at("question-label").textContent = writes ? "What to write, as JSON" : "Rows, as JSON";
  for (const id of ["text", "chart", "answer"]) at(id).hidden = true;
  at("state").textContent = "";
}

async function ask() {
  const model = chosen();
  for (const id of ["text", "chart", "answer"]) at(id).hidden = true;
  at("state").textContent = "…";
  const began = performance.now();
  const path = `models/${encodeURIComponent(model.name)}/${model.verb}`;
  const response = await fetch(path, {
    method: "POST",
    headers: headers({ "Content-Type": "application/json" }),
    body: at("question").value,
  });
  if (!response.ok) {
    const fault = await response.json().catch(() => ({ error: response.statusText }));
    at("state").textContent = `${response.status}: ${fault.error}`;
    return;
  }
  let fault = "";
  if (Object.keys(model.options).length) fault = await write(response);
  else table((await response.json()).predictions);
  at("state").textContent = fault || `${Math.round(performance.now() - began)} ms`;
}

async function write(response) {
  const text = at("text");
  text.textContent = "";
  text.hidden = false;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return "";
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      if (event.startsWith("data: ")) text.textContent += JSON.parse(event.slice(6));
      if (event.startsWith("event: cut")) return JSON.parse(event.split("data: ")[1]).error;
    }
  }
}

function table(rows) {
  const names = rows.length ? Object.keys(rows[0]) : [];
  const head = document.createElement("tr");
  head.append(...names.map((name) => element("th", name)));
  const body = rows.slice(0, ROWS_SHOWN).map((row) => {
    const line = document.createElement("tr");
    for (const name of names) {
      line.append(element("td", shown(row[name]), typeof row[name] === "number" ? "number" : ""));
    }
    return line;
  });
  at("answer").tHead.replaceChildren(head);
  at("answer").tBodies[0].replaceChildren(...body);
  at("answer").hidden = false;
  chart(rows, names);
}

function chart(rows, names) {
  const lines = names.includes("mean") ? ["mean"] : names.includes("score") ? ["score"] : [];
  const values = lines.length ? rows.map((row) => row[lines[0]]) : [];
  if (values.length < 2 || values.some((value) => typeof value !== "number")) return;
  const levels = names.filter((name) => /^q0\.\d+$/.test(name));
  const [low, high] = [levels[0], levels[levels.length - 1]];
  const has = levels.length > 1 && names.includes("mean");
  const every = has ? [...values, ...rows.map((row) => row[low]), ...rows.map((row) => row[high])] : values;
  const [least, most] = [Math.min(...every), Math.max(...every)];
  const x = (place) => 50 + (580 * place) / (values.length - 1);
  const y = (value) => 220 - (200 * (value - least)) / (most - least || 1);
  const points = (column) => rows.map((row, place) => `${x(place)},${y(row[column])}`);
  const make = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text || "";
    return made;
  };
  const parts = [
    make("polyline", { class: "line", points: points(lines[0]).join(" ") }),
    make("text", { x: 0, y: 24 }, shown(most)),
    make("text", { x: 0, y: 224 }, shown(least)),
  ];
  if (has) {
    const around = [...points(low), ...points(high).reverse()].join(" ");
    parts.unshift(make("polygon", { class: "band", points: around }));
  }
  at("chart").replaceChildren(...parts);
  at("chart").hidden = false;
}

at("enter").addEventListener("click", load);
at("ask").addEventListener("click", () => ask().catch((fault) => { at("state").textContent = String(fault); }));
at("model").addEventListener("change", show);
load();
