import type { Camera } from './camera';

const SVG = 'http://www.w3.org/2000/svg';
export interface PlacedLabel {
  readonly at: readonly [number, number, number];
  readonly text: string;
}
/** A callout of the first start: words at a place of the picture, with a line to what they speak of. */
export interface Callout {
  /** Share of the picture's width and height at which the words begin or, on the right half, end. */
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
  /** What it points at, in the world; undefined hides it. */
  readonly at: readonly [number, number, number] | undefined;
  readonly ring: boolean;
}

/** Words and marks over the scene: sharp text, the target, the hand's force. Elements are made once and moved. */
export class Overlay {
  private readonly root: SVGSVGElement;
  private readonly labels: SVGTextElement[] = [];
  private readonly target = element('g', 'target');
  private readonly arrow = element('g', 'arrow');
  private readonly shaft = element('line');
  private readonly head = element('path');
  private readonly force = element('text');
  private readonly callouts: {
    readonly group: SVGGElement;
    readonly line: SVGLineElement;
    readonly mark: SVGCircleElement;
    readonly words: SVGTextElement;
    said: string;
    px: number;
    py: number;
  }[] = [];

  constructor(container: HTMLElement) {
    this.root = element('svg', 'overlay');
    this.root.setAttribute('aria-hidden', 'true');
    const triangle = element('path');
    triangle.setAttribute('d', 'M0 3L-6 14L6 14Z');
    const word = element('text');
    word.setAttribute('y', '27');
    word.setAttribute('text-anchor', 'middle');
    word.textContent = 'target';
    this.target.append(triangle, word);
    this.arrow.append(this.shaft, this.head, this.force);
    this.root.append(this.target, this.arrow);
    container.append(this.root);
    this.setArrow(undefined);
    show(this.target, false);
  }
  setLabels(camera: Camera, labels: readonly PlacedLabel[]): void {
    while (this.labels.length < labels.length) {
      const text = element('text', 'tick');
      this.labels.push(text);
      this.root.append(text);
    }
    this.labels.forEach((text, i) => {
      const label = labels[i];
      const place = label === undefined ? undefined : camera.project(...label.at);
      const shown =
        place !== undefined && place[2] > 0 && place[0] > 0 && place[0] < camera.width - 44 && place[1] > 8 && place[1] < camera.height - 4;
      show(text, shown);
      if (!shown || label === undefined) return;
      if (text.textContent !== label.text) text.textContent = label.text;
      move(text, place[0] + 4, place[1] + 4);
    });
  }
  setTarget(camera: Camera, at: readonly [number, number, number] | undefined, held: boolean): void {
    const place = at === undefined ? undefined : camera.project(...at);
    show(this.target, place !== undefined && place[2] > 0);
    if (place === undefined) return;
    this.target.setAttribute('class', held ? 'target held' : 'target');
    move(this.target, place[0], place[1]);
  }
  /** The force of the hand: from where it holds to where it pulls, px. */
  setArrow(
    pull: { readonly from: readonly [number, number]; readonly to: readonly [number, number]; readonly text: string } | undefined,
  ): void {
    show(this.arrow, pull !== undefined);
    if (pull === undefined) return;
    const [x0, y0] = pull.from;
    const [x1, y1] = pull.to;
    const length = Math.hypot(x1 - x0, y1 - y0);
    const [ux, uy] = length > 1 ? [(x1 - x0) / length, (y1 - y0) / length] : [1, 0];
    const tip = Math.max(0, length - 9);
    set(this.shaft, { x1: x0, y1: y0, x2: x0 + ux * tip, y2: y0 + uy * tip });
    const [bx, by] = [x0 + ux * tip, y0 + uy * tip];
    this.head.setAttribute('d', length < 6 ? '' : `M${x1} ${y1}L${bx - uy * 5} ${by + ux * 5}L${bx + uy * 5} ${by - ux * 5}Z`);
    this.force.textContent = pull.text;
    set(this.force, { x: x1 + (ux >= 0 ? 10 : -10), y: y1 + (uy > 0.5 ? 14 : 4) });
    this.force.setAttribute('text-anchor', ux >= 0 ? 'start' : 'end');
  }
  setCallouts(camera: Camera, callouts: readonly Callout[]): void {
    while (this.callouts.length < callouts.length) {
      const made = {
        group: element('g', 'callout'),
        line: element('line'),
        mark: element('circle'),
        words: element('text'),
        said: '',
        px: NaN,
        py: NaN,
      };
      made.group.append(made.line, made.mark, made.words);
      this.root.append(made.group);
      this.callouts.push(made);
    }
    this.callouts.forEach((made, i) => {
      const callout = callouts[i];
      show(made.group, callout?.at !== undefined);
      if (callout?.at === undefined) return;
      const rightSide = callout.x > 0.5;
      const x = callout.x * camera.width;
      const y = callout.y * camera.height;
      const said = callout.lines.join('|');
      if (made.said !== said) {
        made.said = said;
        made.words.replaceChildren(
          ...callout.lines.map((line, n) => {
            const span = element('tspan', n === 0 ? '' : 'second');
            span.textContent = line;
            set(span, { x: 0, dy: n === 0 ? 0 : 18 });
            return span;
          }),
        );
        made.words.setAttribute('text-anchor', rightSide ? 'end' : 'start');
      }
      move(made.words, x, y);
      const [wantedX, wantedY] = camera.project(...callout.at);
      // plans differ from one to the next: the line follows softly
      made.px = Number.isNaN(made.px) ? wantedX : made.px + 0.12 * (wantedX - made.px);
      made.py = Number.isNaN(made.py) ? wantedY : made.py + 0.12 * (wantedY - made.py);
      const { px, py } = made;
      const fromX = x + (rightSide ? -90 : 90);
      const fromY = y + 18 * (callout.lines.length - 1) + 9;
      const away = Math.hypot(px - fromX, py - fromY) || 1;
      const stop = callout.ring ? 6 : 4;
      set(made.line, { x1: fromX, y1: fromY, x2: px - ((px - fromX) / away) * stop, y2: py - ((py - fromY) / away) * stop });
      set(made.mark, { cx: px, cy: py, r: callout.ring ? 5 : 3 });
      made.mark.setAttribute('class', callout.ring ? 'ring' : 'dot');
    });
  }
  dispose(): void {
    this.root.remove();
  }
}

function element<K extends keyof SVGElementTagNameMap>(name: K, className = ''): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  if (className !== '') made.setAttribute('class', className);
  return made;
}
const set = (target: SVGElement, values: Readonly<Record<string, number>>) => {
  for (const [name, value] of Object.entries(values)) target.setAttribute(name, value.toFixed(1));
};
const move = (target: SVGElement, x: number, y: number) => target.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
const show = (target: SVGElement, shown: boolean) => {
  if (shown) target.removeAttribute('display');
  else target.setAttribute('display', 'none');
};
