import { CLUSTER } from '#snapshot/scope';
import { configOf } from '../flannel.ts';
import { defineFormat, lineOf, reading } from '../format.ts';

/** net-conf.json, as the kube-flannel ConfigMap mounts it. */
export default defineFormat({
  id: 'net-conf',
  is: "flannel's network configuration in a file (net-conf.json)",
  tells: ['flannel-config'],
  recognise: (head) => (/^\s*\{/.test(head) && /"Network"\s*:\s*"[\d.]+\/\d+"/.test(head) && /"Backend"\s*:/.test(head) ? 0.9 : 0),
  parse: (input) => {
    const config = configOf(input.argv[1] ?? input.file, input.text, lineOf(input, 1));
    if (config === undefined) return { readings: [], problems: [{ line: 1, why: 'no network configuration of flannel' }] };
    return { readings: [reading('flannel-config', [config], true, CLUSTER)], problems: [] };
  },
});
