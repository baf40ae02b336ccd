import { expect, test } from 'vitest';
import { GRAPH_FORMS, onnxModel, type GraphForm } from '../../../src/main/headless/commands/bench/peers/onnxGraph';
import { bytesField, joined, wholeField } from '../../../src/main/headless/commands/bench/peers/protobuf';

test('fields are written as protocol buffers are', () => {
  // the examples of the encoding's own description: field 1 is 150; field 2 is "testing"
  expect([...wholeField(1, 150)]).toEqual([0x08, 0x96, 0x01]);
  expect([...bytesField(2, 'testing')]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
  expect([...wholeField(3, -1)]).toEqual([0x18, ...Array<number>(9).fill(0xff), 0x01]);
  expect([...joined([wholeField(1, 1), wholeField(20, 2)])]).toEqual([0x08, 1, 0xa0, 0x01, 2]);
});

/** Fields of a message, [number, value or bytes]. */
function fieldsOf(bytes: Uint8Array): (readonly [number, number | Uint8Array])[] {
  const found: (readonly [number, number | Uint8Array])[] = [];
  let at = 0;
  const whole = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
  };
  while (at < bytes.length) {
    const tag = whole();
    const value = whole();
    found.push([tag >> 3, tag & 7 ? bytes.subarray(at, (at += value)) : value]);
  }
  return found;
}
const texts = (fields: ReturnType<typeof fieldsOf>, field: number) =>
  fields.filter(([number]) => number === field).map(([, value]) => Buffer.from(value as Uint8Array).toString());

const networks = {
  members: 3,
  logVariances: [-12, -2],
  layers: [
    { inputs: 6, outputs: 5, weights: new Float32Array(90).fill(0.5), biases: new Float32Array(15) },
    { inputs: 5, outputs: 8, weights: new Float32Array(120), biases: new Float32Array(24) },
  ],
} as const;
/** Every node of the graph: its operator, inputs and outputs. */
function nodesOf(form: GraphForm, noise: boolean) {
  const model = fieldsOf(onnxModel(form, networks, { population: 7, horizon: 4 }, noise));
  const graph = fieldsOf(model.find(([number]) => number === 7)![1] as Uint8Array);
  const named = (field: number, name: number) =>
    graph.filter(([number]) => number === field).flatMap(([, value]) => texts(fieldsOf(value as Uint8Array), name));
  return {
    nodes: graph
      .filter(([number]) => number === 1)
      .map(([, value]) => fieldsOf(value as Uint8Array))
      .map((fields) => ({ operator: texts(fields, 4)[0]!, inputs: texts(fields, 1), outputs: texts(fields, 2) })),
    constants: named(5, 8),
    inputs: named(11, 1),
    outputs: named(12, 1),
  };
}

test.each(GRAPH_FORMS)('%s: everything that a node reads was made before', (form) => {
  const { nodes, constants, inputs, outputs } = nodesOf(form, true);
  const known = new Set([...constants, ...inputs]);
  for (const node of nodes) {
    for (const name of node.inputs) expect(known).toContain(name);
    for (const name of node.outputs) {
      expect(known).not.toContain(name);
      known.add(name);
    }
  }
  for (const name of outputs) expect(known).toContain(name);
});

test('a graph holds a product for each layer, and for each member and step where it is to', () => {
  const products = (form: GraphForm) => nodesOf(form, false).nodes.filter(({ operator }) => /MatMul|Gemm/.test(operator)).length;
  expect(GRAPH_FORMS.map(products)).toEqual([2 * 4, 2 * 4 * 3, 2]);
});
test('noise is drawn only where it is wanted', () => {
  const draws = (noise: boolean) => nodesOf('whole rollout', noise).nodes.filter(({ operator }) => operator === 'RandomNormalLike').length;
  expect([draws(true), draws(false)]).toEqual([4, 0]);
});
