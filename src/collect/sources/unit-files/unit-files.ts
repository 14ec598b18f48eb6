import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'unit-files',
  is: 'the unit files of what runs the network',
  where: 'node',
  when: 'once',
  gives: ['unit'],
  shell: `
opening unit-files unit-files systemctl cat $UNITS
begun
set --
for unit in $UNITS; do
  for folder in $UNIT_FOLDERS; do
    if [ -e "$folder/$unit.service" ]; then set -- "$@" "$folder/$unit.service"; break; fi
  done
  for folder in $UNIT_FOLDERS; do
    for path in "$folder/$unit.service.d"/*.conf; do [ ! -f "$path" ] || set -- "$@" "$path"; done
  done
done
headed "$@" 2>"$SAID"
finish 0
`,
});
