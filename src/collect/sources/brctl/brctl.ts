import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'brctl',
  is: 'the ports of bridges where there is no bridge tool',
  where: 'node',
  when: 'once',
  gives: [],
  shell: `
if [ "$BRIDGE" = none ] && have brctl; then
  reading brctl brctl-show brctl show
  for bridge in /sys/class/net/*/bridge; do
    [ ! -d "$bridge" ] || reading brctl brctl-showmacs brctl showmacs "$(echo "$bridge" | cut -d/ -f5)"
  done
fi
`,
});
