import { expect, test } from 'vitest';

test('the models can be loaded, and all but the networks fitted, without any tensor library in the process', async () => {
  const models = await import('../../src/shared/models');
  const { requestOf, wander } = await import('./wander');
  for (const kind of Object.values(models)) {
    if (!kind.usesTensors) await kind.fit(requestOf('pendulum', kind, wander('pendulum', 20, 1)));
  }
  expect((globalThis as { _tfengine?: unknown })._tfengine).toBeUndefined(); // where TensorFlow.js keeps its engine
  await expect(models.ensemble.fit(requestOf('pendulum', models.ensemble, wander('pendulum', 20, 1)))).rejects.toThrow(
    /No trainer was chosen/,
  );
});
