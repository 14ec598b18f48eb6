import { defineSource } from '../../source.ts';

export default defineSource({
  id: 'docker-options',
  is: "Docker's bridge options where they are set",
  where: 'node',
  when: 'once',
  gives: ['docker-options'],
  shell: `
for path in /run/flannel/docker /run/docker_opts.env /etc/docker/daemon.json /etc/sysconfig/docker /etc/sysconfig/docker-network /etc/default/docker; do
  [ ! -r "$path" ] || file docker-options docker-options "$path"
done
`,
});
