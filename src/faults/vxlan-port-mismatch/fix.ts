import type { Plan } from '#engine/plan';
import { remadeTunnel } from '#engine/plans/remade-tunnel';
import type { OddDevice } from '#engine/setting-ruling';
import type { View } from '#engine/view';

/** The device with the UDP port that its peers use. */
export const fix = ({ node, wanted }: OddDevice, { facts }: View): Plan =>
  remadeTunnel(node, { port: wanted }, { en: 'UDP port', zh: 'UDP 端口' }, facts);
