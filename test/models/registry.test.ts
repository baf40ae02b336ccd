import { expect, test } from 'vitest';

test('the models can be loaded and fitted, networks by kernels, without any tensor library in the process', async () => {
  const models = await import('../../src/shared/models');
  const { requestOf, wander } = await import('./wander');
  for (const kind of Object.values(models)) {
    if (!kind.usesTensors) await kind.fit(requestOf('pendulum', kind, wander('pendulum', 20, 1)));
  }
  await expect(models.ensemble.fit(requestOf('pendulum', models.ensemble, wander('pendulum', 20, 1)))).rejects.toThrow(
    /No trainer was chosen/,
  );
  const { chooseTrainer } = await import('../../src/main/workers/trainers');
  await chooseTrainer('auto', 'auto');
  await models.ensemble.fit(requestOf('pendulum', models.ensemble, wander('pendulum', 20, 1), { firstSteps: 5 }));
  expect((globalThis as { _tfengine?: unknown })._tfengine).toBeUndefined(); // where TensorFlow.js keeps its engine
});
