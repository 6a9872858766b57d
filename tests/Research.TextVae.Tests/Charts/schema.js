// What of a figure is not as plotly.js's own schema has it: unknown attributes, and values that are not of their kind.
() => {
  const schema = Plotly.PlotSchema.get();
  const layoutAttributes = Object.assign(
    {}, schema.layout.layoutAttributes, ...Object.values(schema.traces).map(trace => trace.layoutAttributes));
  const isObject = value => typeof value === "object" && value !== null && !Array.isArray(value);
  const inRange = (value, { min = -Infinity, max = Infinity }) => typeof value === "number" && min <= value && value <= max;
  const isColor = value => typeof value === "string" && CSS.supports("color", value);
  const matches = (allowed, value) => typeof allowed === "string" && /^\/.*\/$/.test(allowed)
    ? new RegExp(allowed.slice(1, -1)).test(value)
    : allowed === value;

  const kinds = {
    any: () => true,
    angle: value => value === "auto" || inRange(value, {}),
    boolean: value => typeof value === "boolean",
    color: isColor,
    colorlist: value => Array.isArray(value) && value.every(isColor),
    colorscale: value => Array.isArray(value) && value.every(([at, color]) => inRange(at, { min: 0, max: 1 }) && isColor(color)),
    data_array: value => Array.isArray(value),
    enumerated: (value, { values }) => values.some(allowed => matches(allowed, value)),
    flaglist: (value, { flags, extras = [] }) => extras.includes(value)
      || typeof value === "string" && value.split("+").every(flag => flags.includes(flag)),
    info_array: (value, { items, freeLength }) => Array.isArray(value) && (Array.isArray(items)
      ? (freeLength || value.length === items.length || value.length <= items.length) && value.every((item, i) => isKind(item, items[i]))
      : value.every(item => isKind(item, items))),
    integer: (value, { min, max, extras = [] }) => extras.includes(value) || Number.isInteger(value) && inRange(value, { min, max }),
    number: inRange,
    string: (value, { noBlank, values }) => typeof value === "string" && (!noBlank || value !== "") && (!values || values.includes(value)),
    subplotid: (value, { dflt }) => new RegExp(`^${dflt}([2-9]|[1-9][0-9]+)?$`).test(value),
  };
  const isKind = (value, attribute) => attribute.arrayOk && Array.isArray(value)
    ? value.every(item => kinds[attribute.valType](item, attribute))
    : kinds[attribute.valType](value, attribute);

  const checkOne = (value, attribute, path) => {
    if (typeof attribute === "string") return value === attribute ? [] : [`${path}: ${JSON.stringify(value)} for ${attribute}`];
    if (attribute.valType)
      return isKind(value, attribute) ? [] : [`${path}: ${JSON.stringify(value).slice(0, 60)} is no ${attribute.valType}`];
    if (!attribute.items) return isObject(value) ? check(value, attribute, path) : [`${path}: no object`];
    return Array.isArray(value)
      ? value.flatMap((item, i) => check(item, Object.values(attribute.items)[0], `${path}[${i}]`))
      : [`${path}: no array`];
  };
  const check = (value, attributes, path) => Object.entries(value).flatMap(([key, item]) => {
    const subplot = attributes[key.replace(/\d+$/, "")];
    const attribute = attributes[key] ?? (subplot?._isSubplotObj ? subplot : undefined);
    return attribute === undefined ? [`${path}.${key}: not in the schema`] : checkOne(item, attribute, `${path}.${key}`);
  });
  const checkData = (data, path) => data.flatMap((trace, i) => check(trace, schema.traces[trace.type].attributes, `${path}[${i}]`));
  const checkSteps = (steps, path) => steps.flatMap((step, i) => check(step.args[1], schema.animation, `${path}[${i}].args[1]`));

  window.mistakesOf = ({ data, layout, config, frames = [] }) => [
    ...checkData(data, "data"),
    ...check(layout, layoutAttributes, "layout"),
    ...check(config, schema.config, "config"),
    ...frames.flatMap((frame, i) => [
      ...check(frame, schema.frames.items.frames_entry, `frames[${i}]`), ...checkData(frame.data, `frames[${i}].data`),
    ]),
    ...(layout.sliders ?? []).flatMap((slider, i) => checkSteps(slider.steps, `layout.sliders[${i}].steps`)),
    ...(layout.updatemenus ?? []).flatMap((menu, i) => checkSteps(menu.buttons, `layout.updatemenus[${i}].buttons`)),
  ];
}
