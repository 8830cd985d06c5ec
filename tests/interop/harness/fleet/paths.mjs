// Where the files are that a fleet is made of.
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

export const brokerScript = `${root}tests/broker`
export const deploy = `${root}deploy`
export const haproxyConfiguration = `${deploy}/haproxy.cfg`
export const composeFile = `${root}docker-compose.cluster.yml`
export const clusterConfiguration = `${root}hocon/cluster.conf`
