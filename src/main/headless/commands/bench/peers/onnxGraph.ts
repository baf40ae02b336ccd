import { bytesField, joined, wholeField } from './protobuf';
import type { SearchSize } from '../sizes';

/** How rollouts are put into graphs: all steps and members as batched products, a product for each member, or one step. */
export type GraphForm = 'whole rollout' | 'whole rollout, member by member' | 'step by step';
export const GRAPH_FORMS: readonly GraphForm[] = ['whole rollout', 'whole rollout, member by member', 'step by step'];

/** Weights [members × inputs × outputs] and biases [members × outputs] of a layer. */
export interface GraphLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}
export interface GraphNetworks {
  readonly members: number;
  readonly layers: readonly GraphLayer[];
  /** What log variances are held within. */
  readonly logVariances: readonly [number, number];
}

/**
 * Rollouts through an ensemble as an ONNX model, operators of version 14.
 *
 * whole rollouts: `s` [(members ×) population × 4], `actions` [population × horizon] → `cost` [population × 1], the mean over members
 * step by step:   `s` [members × population × 4], `u` [members × population × 1] → `next`, `cost` of the same shapes
 */
export function onnxModel(
  form: GraphForm,
  networks: GraphNetworks,
  { population, horizon }: Pick<SearchSize, 'population' | 'horizon'>,
  noise: boolean,
): Uint8Array {
  const graph = new Graph();
  const { members, layers } = networks;
  const alone = form === 'whole rollout, member by member';
  const rows = alone ? [population] : [members, population];
  layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    if (!alone) {
      graph.constant(`W${l}`, [members, inputs, outputs], weights);
      graph.constant(`b${l}`, [members, 1, outputs], biases);
      return;
    }
    for (let m = 0; m < members; m++) {
      graph.constant(`W${l}_${m}`, [inputs, outputs], weights.slice(m * inputs * outputs, (m + 1) * inputs * outputs));
      graph.constant(`b${l}_${m}`, [outputs], biases.slice(m * outputs, (m + 1) * outputs));
    }
  });
  const step = stepOf(graph, networks, alone, noise);
  const state = ['s', [...rows, 4]] as const;
  if (form === 'step by step') {
    const [next, cost] = step('s', 'u', 0);
    graph.node('Identity', [next], { outputs: ['next'] });
    graph.node('Identity', [cost], { outputs: ['cost'] });
    return graph.model(
      [state, ['u', [...rows, 1]]],
      [
        ['next', [...rows, 4]],
        ['cost', [...rows, 1]],
      ],
    );
  }
  const ones = graph.wholes(new Array<number>(horizon).fill(1));
  const columns = graph.nodes('Split', ['actions', ones], horizon, { whole: { axis: 1 } });
  const actions = alone ? columns : columns.map((column) => graph.node('Expand', [column, graph.wholes([...rows, 1])]));
  const costs = Array.from({ length: alone ? members : 1 }, (_, member) => {
    let s = 's';
    let total: string | undefined;
    for (const u of actions) {
      const [next, cost] = step(s, u, member);
      s = next;
      total = total === undefined ? cost : graph.node('Add', [total, cost]);
    }
    return total!;
  });
  const outputs = { outputs: ['cost'] };
  if (alone) graph.node('Mul', [graph.node('Sum', costs), graph.number(1 / members)], outputs);
  else graph.node('ReduceMean', costs, { ...outputs, whole: { keepdims: 0 }, wholes: { axes: [0] } });
  return graph.model([state, ['actions', [population, horizon]]], [['cost', [population, 1]]]);
}

/** One step: from names of state and action to names of the next state and of its cost. */
function stepOf(graph: Graph, { layers, logVariances }: GraphNetworks, alone: boolean, noise: boolean) {
  const each = graph.wholes([1, 1, 1, 1]);
  const halves = graph.wholes([4, 4]);
  const [one, half, sixth] = [1, 0.5, 1 / 6].map((value) => graph.number(value)) as [string, string, string];
  const [ofX, ofV, ofRate, ofAction] = [0.05, 0.005, 0.01, 0.001].map((value) => graph.number(value)) as [string, string, string, string];
  const [least, most] = logVariances.map((value) => graph.number(value)) as [string, string];
  const squared = (name: string, weight: string) => graph.node('Mul', [graph.node('Mul', [name, name]), weight]);
  const last = { whole: { axis: -1 } };
  return (s: string, u: string, member: number): [string, string] => {
    const [x, v, angle, rate] = graph.nodes('Split', [s, each], 4, last) as [string, string, string, string];
    const halved = [x, v].map((name) => graph.node('Mul', [name, half]));
    const turned = [graph.node('Cos', [angle]), graph.node('Sin', [angle]), graph.node('Mul', [rate, sixth])];
    let h = graph.node('Concat', [...halved, ...turned, u], last);
    for (let l = 0; l < layers.length; l++) {
      h = alone
        ? graph.node('Gemm', [h, `W${l}_${member}`, `b${l}_${member}`])
        : graph.node('Add', [graph.node('MatMul', [h, `W${l}`]), `b${l}`]);
      if (l + 1 < layers.length) h = graph.node('Mul', [h, graph.node('Sigmoid', [h])]);
    }
    const [mean, logVariance] = graph.nodes('Split', [h, halves], 2, last) as [string, string];
    let change = mean;
    if (noise) {
      const spread = graph.node('Exp', [graph.node('Mul', [graph.node('Clip', [logVariance, least, most]), half])]);
      change = graph.node('Add', [mean, graph.node('Mul', [spread, graph.node('RandomNormalLike', [mean])])]);
    }
    const next = graph.node('Add', [s, change]);
    const [x2, v2, angle2, rate2] = graph.nodes('Split', [next, each], 4, last) as [string, string, string, string];
    const upright = graph.node('Sub', [one, graph.node('Cos', [angle2])]);
    const terms = [upright, squared(x2, ofX), squared(v2, ofV), squared(rate2, ofRate), squared(u, ofAction)];
    return [next, graph.node('Sum', terms)];
  };
}

interface NodeWords {
  /** Names of what comes out; fresh ones when absent. */
  readonly outputs?: readonly string[];
  readonly whole?: Readonly<Record<string, number>>;
  readonly wholes?: Readonly<Record<string, readonly number[]>>;
}
const FLOAT = 1;
const INT64 = 7;

/** A graph under construction; names are made here. */
class Graph {
  private readonly body: Uint8Array[] = [];
  private readonly tensors: Uint8Array[] = [];
  private count = 0;

  node(operator: string, inputs: readonly string[], words: NodeWords = {}): string {
    return this.nodes(operator, inputs, 1, words)[0]!;
  }
  nodes(operator: string, inputs: readonly string[], outputs: number, words: NodeWords = {}): readonly string[] {
    const names = words.outputs ?? Array.from({ length: outputs }, () => this.name());
    const attributes = [
      ...Object.entries(words.whole ?? {}).map(([name, value]) => [bytesField(1, name), wholeField(3, value), wholeField(20, 2)]),
      ...Object.entries(words.wholes ?? {}).map(([name, values]) => [
        bytesField(1, name),
        ...values.map((value) => wholeField(8, value)),
        wholeField(20, 7),
      ]),
    ];
    const fields = [
      ...inputs.map((name) => bytesField(1, name)),
      ...names.map((name) => bytesField(2, name)),
      bytesField(4, operator),
      ...attributes.map((parts) => bytesField(5, joined(parts))),
    ];
    this.body.push(bytesField(1, joined(fields)));
    return names;
  }
  number(value: number): string {
    const name = this.name();
    this.constant(name, [], Float32Array.of(value));
    return name;
  }
  wholes(values: readonly number[]): string {
    const name = this.name();
    this.constant(name, [values.length], BigInt64Array.from(values, BigInt));
    return name;
  }
  constant(name: string, shape: readonly number[], values: Float32Array | BigInt64Array): void {
    const type = values instanceof Float32Array ? FLOAT : INT64;
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const fields = [...shape.map((size) => wholeField(1, size)), wholeField(2, type), bytesField(8, name), bytesField(9, raw)];
    this.tensors.push(bytesField(5, joined(fields)));
  }
  model(inputs: readonly Value[], outputs: readonly Value[]): Uint8Array {
    const graph = [
      ...this.body,
      bytesField(2, 'rollouts'),
      ...this.tensors,
      ...inputs.map((value) => bytesField(11, valueOf(value))),
      ...outputs.map((value) => bytesField(12, valueOf(value))),
    ];
    const operators = joined([bytesField(1, ''), wholeField(2, 14)]);
    return joined([wholeField(1, 8), bytesField(7, joined(graph)), bytesField(8, operators)]);
  }
  private name(): string {
    return `n${this.count++}`;
  }
}
type Value = readonly [name: string, shape: readonly number[]];
function valueOf([name, shape]: Value): Uint8Array {
  const sizes = shape.map((size) => bytesField(1, wholeField(1, size)));
  const tensor = joined([wholeField(1, FLOAT), bytesField(2, joined(sizes))]);
  return joined([bytesField(1, name), bytesField(2, bytesField(1, tensor))]);
}
