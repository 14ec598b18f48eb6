import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'device-counters',
  is: "the devices' counters where ip does not tell them",
  where: 'everywhere',
  when: 'every look',
  gives: ['link-counters'],
  shell: `
if [ "$IP" = plain ]; then file device-counters proc-net-dev /proc/net/dev; fi
`,
});
