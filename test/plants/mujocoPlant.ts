import loadMujoco, { type MainModule } from '@mujoco/mujoco';
import type { SettingValues } from '../../src/shared/settings';

/** An independent engine's opinion of a plant: state derivative [size] of a state under an action. */
export type Oracle = (state: Float64Array, action: number) => Float64Array;

/**
 * Our plants as MuJoCo bodies, in its x-z plane: the hinge turns about −y, so that it counts counter-clockwise with x
 * to the right and z up. Gravity, masses, lengths and viscous friction; dry friction is another law there.
 */
const bodies: Readonly<Record<string, (p: Record<string, number>) => string>> = {
  // MuJoCo refuses a mass without inertia; 1e-13 kg m² is far below the last digit compared here
  pendulum: (p) => `
    <body>
      <joint name="angle" type="hinge" axis="0 -1 0" damping="${p.jointViscous}"/>
      <inertial pos="0 0 ${p.length}" mass="${p.mass}" diaginertia="1e-13 1e-13 1e-13"/>
    </body>`,
  cartPole: (p) => {
    const inertia = (p.poleMass * p.poleLength ** 2) / 12;
    return `
    <body>
      <joint name="position" type="slide" axis="1 0 0" damping="${p.cartViscous}"/>
      <inertial pos="0 0 0" mass="${p.cartMass}" diaginertia="1 1 1"/>
      <body>
        <joint name="angle" type="hinge" axis="0 -1 0" damping="${p.jointViscous}"/>
        <inertial pos="0 0 ${p.poleLength / 2}" mass="${p.poleMass}" diaginertia="${inertia} ${inertia} 1e-13"/>
      </body>
    </body>`;
  },
};

let engine: Promise<MainModule> | undefined;

/** @param values  every setting of the plant */
export async function mujocoOracle(plant: string, values: SettingValues): Promise<Oracle> {
  const mujoco = await (engine ??= loadMujoco());
  const parameters = values as Record<string, number>;
  const model = mujoco.MjModel.from_xml_string(
    `<mujoco><option gravity="0 0 ${-parameters.gravity}"/><worldbody>${bodies[plant](parameters)}</worldbody></mujoco>`,
  );
  const data = new mujoco.MjData(model);
  const joints = plant === 'cartPole' ? 2 : 1;
  return (state, action) => {
    const [positions, rates, forces] = [data.qpos, data.qvel, data.qfrc_applied] as Float64Array[];
    for (let j = 0; j < joints; j++) {
      positions[j] = state[2 * j];
      rates[j] = state[2 * j + 1];
      forces[j] = j === 0 ? action : 0;
    }
    mujoco.mj_forward(model, data);
    const accelerations = data.qacc as Float64Array;
    return Float64Array.from({ length: 2 * joints }, (_, c) => (c % 2 === 0 ? state[c + 1] : accelerations[c >> 1]));
  };
}
