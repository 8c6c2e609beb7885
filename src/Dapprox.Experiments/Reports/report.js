'use strict';
// What the page can do beyond being read. It is complete without: what needs this stays hidden.
const dapprox = (() => {
  const view = new DataView(new ArrayBuffer(4));
  const Infinite = 0x7f800000, NotANumber = 0xffc00000, Flush = 0x03aa2425;
  const bitsOf = number => {
    if (Number.isNaN(number)) return NotANumber;
    view.setFloat32(0, number);
    return view.getUint32(0);
  };
  const numberOf = bits => {
    view.setUint32(0, bits);
    return view.getFloat32(0);
  };

  // The products of two mantissas of 24 bits, and which partial products a_i·b_j reach them.
  const multipliers = {
    'exact': { reaches: () => true },
    'ax-fpm': {
      mantissas: (a, b) => BigInt(a & 0x111111) * BigInt(b) + BigInt(a & 0xeeeeee) * BigInt((b & 0x888888) * 2),
      reaches: (i, j) => i % 4 === 0 || j % 4 === 3,
    },
    'ama5-flat': {
      mantissas: (a, b) => BigInt(a & 1) * BigInt(b) + (BigInt(a & 0xfffffe) << 24n) * BigInt(b >>> 23),
      reaches: (i, j) => i === 0 || j === 23,
    },
  };

  // The product of two binary32 numbers, all as bit patterns.
  function multiply(name, a, b) {
    // A product of two binary32 numbers fits binary64, so that it is rounded once.
    if (name === 'exact') return bitsOf(numberOf(a) * numberOf(b));
    const [sizeA, sizeB] = [a & 0x7fffffff, b & 0x7fffffff];
    if (sizeA > Infinite || sizeB > Infinite) return NotANumber;
    const infinite = sizeA === Infinite || sizeB === Infinite;
    if (sizeA < Flush || sizeB < Flush) return infinite ? NotANumber : 0;
    const sign = ((a ^ b) & 0x80000000) >>> 0;
    if (infinite) return (sign | Infinite) >>> 0;
    const m = multipliers[name].mantissas(0x800000 | a & 0x7fffff, 0x800000 | b & 0x7fffff);
    const leading = m.toString(2).length - 1, exponent = (sizeA >>> 23) + (sizeB >>> 23) - 126;
    if (exponent < 1) return sign;
    if (exponent > 254) return (sign | Infinite) >>> 0;
    return (sign | exponent << 23 | Number(m >> BigInt(leading - 23)) & 0x7fffff) >>> 0;
  }

  const element = (parent, name, attributes, text) => {
    const made = document.createElementNS(parent.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return parent.appendChild(made);
  };

  function sortable(table) {
    const body = table.tBodies[0];
    if (body.rows.length < 3) return;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const title = head.textContent;
      head.textContent = '';
      const button = element(head, 'button', { type: 'button', class: 'sort', title: 'Sort by this column' }, title);
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') !== 'ascending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        const key = row => {
          const text = row.cells[column].textContent.trim();
          const number = parseFloat(text.replaceAll('−', '-').replaceAll(',', ''));
          return Number.isNaN(number) ? text : number;
        };
        const compare = (x, y) => typeof x === 'number' && typeof y === 'number' ? x - y : typeof x === typeof y ? x.localeCompare(y, undefined, { numeric: true }) : typeof x === 'number' ? -1 : 1;
        body.append(...[...body.rows].map(row => [key(row), row]).sort(([x], [y]) => up ? compare(x, y) : compare(y, x)).map(([, row]) => row));
      });
    });
  }

  function scale(tool) {
    const { k, series } = JSON.parse(tool.dataset.points);
    const svg = tool.closest('figure').querySelector('svg'), places = svg.dataset.places.split(' '), [top, bottom] = svg.dataset.height.split(' ');
    const line = element(svg, 'path', { stroke: 'var(--plot-ink)', 'stroke-width': 2, 'stroke-dasharray': '5 4' });
    const slider = tool.querySelector('input'), shown = tool.querySelector('output');
    const show = () => {
      const at = Number(slider.value);
      line.setAttribute('d', `M${places[at]} ${top}V${bottom}`);
      slider.setAttribute('aria-valuetext', `k = ${k[at]}`);
      shown.textContent = `k = ${k[at]}: ` + series.map(one => `${one.name} ${one.y[at]}`).join(', ');
    };
    slider.addEventListener('input', show);
    tool.hidden = false;
    show();
  }

  function multiplication(tool) {
    const [first, second] = tool.querySelectorAll('input'), choice = tool.querySelector('select');
    const grid = tool.querySelector('svg'), text = tool.querySelector('output');
    const cells = [];
    for (let i = 0; i < 24; i++) {
      for (let j = 0; j < 24; j++) cells.push([i, j, element(grid, 'rect', { x: 10 * (23 - j) + 1, y: 10 * i + 1, width: 8, height: 8 })]);
    }

    const fields = bits => bits.toString(2).padStart(32, '0').replace(/^(.)(.{8})/, '$1 $2 ');
    const show = () => {
      const name = choice.value, a = bitsOf(Number(first.value)), b = bitsOf(Number(second.value));
      const product = numberOf(multiply(name, a, b)), exact = numberOf(multiply('exact', a, b));
      let ones = 0, reaching = 0;
      for (const [i, j, cell] of cells) {
        const one = ((0x800000 | a) >>> i & 1) && ((0x800000 | b) >>> j & 1), reaches = multipliers[name].reaches(i, j);
        if (one) ones++;
        if (one && reaches) reaching++;
        cell.setAttribute('class', one ? reaches ? 'lit' : 'lost' : 'dark');
      }

      const error = 100 * (product - exact) / exact;
      text.textContent = `a       ${fields(a)}\nb       ${fields(b)}\nproduct ${fields(multiply(name, a, b))}\n`
        + `${name}: ${product.toPrecision(7)}, exact: ${exact.toPrecision(7)}, relative error ${Number.isFinite(error) ? error.toFixed(2) + ' %' : 'undefined'}\n`
        + `${reaching} of ${ones} partial products that are 1 reach the product`;
    };
    for (const input of [first, second, choice]) input.addEventListener('input', show);
    tool.hidden = false;
    show();
  }

  document.querySelectorAll('.scroll table').forEach(sortable);
  document.querySelectorAll('.scale').forEach(scale);
  document.querySelectorAll('.multiplication').forEach(multiplication);
  return { multiply };
})();
