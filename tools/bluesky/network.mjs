// Runs a Bluesky network on this machine for Peyk's tests: directory of identities
// (PLC), personal data server (PDS), AppView and what it needs, with an account for
// a brand and one for somebody who follows it. When it is ready it prints one line
// of JSON: host, handle, password, follower, followerPassword, and secret, with which the
// server signs its tokens. It ends, and all that
// it started ends, when its standard input closes, however that comes about.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import dns from 'node:dns'
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const bin = process.argv[2] // the folder of PostgreSQL's programs
const scratch = mkdtempSync(join(tmpdir(), 'peyk-bluesky-'))
process.env.TMPDIR = scratch // the servers keep their files there

// Whoever started us is gone. The guard of PostgreSQL sees our own end and clears up.
process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0)).resume()
process.on('SIGTERM', () => process.exit(0)).on('SIGINT', () => process.exit(0))

// The servers listen on every address unless told; nobody else shall reach them.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'object' && first !== null && first.port !== undefined) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest)
  }
  if (typeof rest[0] === 'string') rest.shift()
  return listen.call(this, first, '127.0.0.1', ...rest)
}
dns.setDefaultResultOrder('ipv4first')

// guard runs a program until its own standard input closes, which is our end of a
// pipe: it closes when we end, even if we are killed. Then the scratch folder goes.
const guard = `cd /; "$@" >"$SCRATCH/postgres.log" 2>&1 & pid=$!; read -r _; kill -INT $pid; wait $pid; rm -rf "$SCRATCH"`

function postgres() {
  const data = join(scratch, 'data')
  const socket = join(scratch, 's')
  let as = []
  for (const folder of [data, socket]) mkdirSync(folder, { mode: 0o700 })
  if (process.getuid() === 0) { // PostgreSQL refuses to run as root
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(run('id', flag, 'postgres')))
    for (const folder of [scratch, data, socket]) chownSync(folder, uid, gid)
    as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  }
  run(...as, join(bin, 'initdb'), '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync')
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'listen_addresses=', `unix_socket_directories=${socket}`]
  const server = spawn('sh', ['-c', guard, 'guard', ...as, join(bin, 'postgres'), '-D', data, ...settings.flatMap((s) => ['-c', s])],
    { stdio: ['pipe', 'ignore', 'inherit'], env: { ...process.env, SCRATCH: scratch }, detached: true })
  server.on('exit', () => process.exit(1))
  for (let tries = 0; spawnSync(join(bin, 'pg_isready'), ['-q', '-U', 'postgres', '-h', socket]).status !== 0; tries++) {
    if (tries === 200) throw new Error('PostgreSQL does not start')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
  return `postgres://postgres@${encodeURIComponent(socket)}/postgres`
}

function run(program, ...args) {
  const done = spawnSync(program, args, { encoding: 'utf8', cwd: '/' })
  if (done.status !== 0) throw new Error(`${program}: ${done.error ?? done.stderr}`)
  return done.stdout.trim()
}

async function network(database) {
  const { TestPlc } = await part('plc')
  const { TestBsync } = await part('bsync')
  const { TestBsky } = await part('bsky')
  const { TestPds } = await part('pds')
  const { mockNetworkUtilities } = await part('util')
  const key = randomBytes(16).toString('hex')
  const plc = await TestPlc.create({})
  const bsync = await TestBsync.create({ apiKeys: [key], dbUrl: database, dbSchema: 'bsync' })
  const port = await freePort()
  const bsky = await TestBsky.create({
    plcUrl: plc.url, pdsPort: port, repoProvider: `ws://localhost:${port}`,
    bsyncUrl: bsync.url, bsyncApiKey: key, dbPostgresUrl: database, dbPostgresSchema: 'appview',
  })
  bsync.ctx.dataplaneClients = [bsky.ctx.dataplane]
  const pds = await TestPds.create({ port, didPlcUrl: plc.url, bskyAppViewUrl: bsky.url, bskyAppViewDid: bsky.ctx.cfg.serverDid })
  mockNetworkUtilities(pds, bsky)
  return pds
}

// part loads one server; the package as a whole loads those of moderators as well,
// and its own network wants a Redis that nothing uses.
function part(name) {
  return import(`./node_modules/@atproto/dev-env/dist/${name}.js`)
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject)
    server.listen(0, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

// account makes an account and a password for programs, like those that people give to Peyk.
async function account(pds, handle) {
  const agent = pds.getAgent()
  await agent.createAccount({ handle, email: `${handle}@example.test`, password: randomBytes(16).toString('hex') })
  const { data } = await agent.com.atproto.server.createAppPassword({ name: 'peyk' })
  return { handle, password: data.password, agent }
}

try {
  const pds = await network(postgres())
  const cafe = await account(pds, 'cafe.test')
  const sara = await account(pds, 'sara.test')
  await sara.agent.follow(cafe.agent.assertDid)
  console.log(JSON.stringify({
    host: pds.url, handle: cafe.handle, password: cafe.password, follower: sara.handle, followerPassword: sara.password,
    secret: (await part('const')).JWT_SECRET,
  }))
} catch (error) {
  console.error(error)
  process.exitCode = 1
  rmSync(scratch, { recursive: true, force: true })
  process.exit(1)
}
