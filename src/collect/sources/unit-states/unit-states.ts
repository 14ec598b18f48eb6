import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'unit-states',
  is: 'whether those units run, and since when',
  where: 'node',
  when: 'once',
  gives: ['unit'],
  shell: `
if [ -z "$UNITS" ]; then
  gap unit 'not collected' 'none of the units that make the network is on this machine'
elif have systemctl; then
  reading unit-states systemctl-show systemctl show --no-pager -p Id -p ActiveState -p SubState -p UnitFileState -p ActiveEnterTimestampMonotonic -p FragmentPath -p DropInPaths -p LoadState $UNITS
else
  gap unit 'not collected' 'there is no systemctl on this machine'
fi
`,
});
