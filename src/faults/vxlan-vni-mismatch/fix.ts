import type { Plan } from '#engine/plan';
import { remadeTunnel } from '#engine/plans/remade-tunnel';
import type { OddDevice } from '#engine/setting-ruling';
import type { View } from '#engine/view';

/** The device with the VNI that its peers use. */
export const fix = ({ node, wanted }: OddDevice, { facts }: View): Plan =>
  remadeTunnel(node, { vni: wanted }, { en: 'VNI', zh: 'VNI' }, facts);
