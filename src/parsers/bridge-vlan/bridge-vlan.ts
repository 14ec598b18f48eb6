import { defineFormat } from '../format.ts';

/** `bridge vlan`: known by its shape, but no fact depends on it yet; a bridge that filters VLANs says so in `ip -d link`. */
export default defineFormat({
  id: 'bridge-vlan',
  is: 'text and JSON of `bridge vlan`, of which nothing is used yet',
  tells: [],
  recognise: (head) => {
    const text = head.trimStart();
    if (text.startsWith('[')) return /"vlans":/.test(text) && /"ifname":/.test(text) ? 0.95 : 0;
    return /^(?:RTNETLINK answers: Operation not supported\nDump terminated\n)?port\s+vlan[- ]id/.test(text) ? 1 : 0;
  },
  parse: () => ({ readings: [], problems: [] }),
});
