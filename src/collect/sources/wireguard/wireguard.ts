import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'wireguard',
  is: 'the peers of WireGuard devices; its secret keys are never asked for',
  where: 'everywhere',
  when: 'once',
  gives: ['wireguard'],
  shell: `
if have wg && [ -n "$(wg show interfaces 2>/dev/null)" ]; then
  opening wireguard wireguard wg show all
  begun
  for part in public-key listen-port fwmark endpoints allowed-ips latest-handshakes; do
    printf '# wg show all %s\\n' "$part"
    wg show all $part 2>>"$SAID"
  done
  finish $?
fi
`,
});
