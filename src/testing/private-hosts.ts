/**
 * Ways to write an address that must not be reached, as the host of a URL: of this machine, its network, a cloud's metadata, or of nobody. All
 * of them are read by the URL parser, so that nothing but the rule for addresses and the rule for names stands before the connection.
 */

const words = (text: string) => text.trim().split(/\s+/);

const LOOPBACK = words(`
  127.0.0.1 127.0.0.1. 127.0.0.2 127.9.9.9 127.255.255.255 127.1 127.0.1 127.0x1 127.65535 2130706433
  2130706433. 017700000001 0x7f000001 0X7F000001 0x7f.1 0177.1 0177.0.0.1 0x7f.0x0.0x0.0x1 0x7f.0.0x0.01
  0177.0x0.1 0x00000000007f.0.0.1 00000000177.0.0.1 0 0. 00 0x0 0x 0.0.0.0 0.0 0.0.0.0. 0.1.2.3 0.255.255.255
  0x00.0x00.0x00.0x00
`);

const PRIVATE_NETWORKS = words(`
  10.0.0.0 10.0.0.1 10.1 10.255.255.255 0xa000001 012.0.0.1 167772161 0x0a.0.1 172.16.0.0 172.16.0.1
  172.31.255.255 0xac100001 2886729729 0254.020.0.1 192.168.0.0 192.168.1 192.168.257 192.168.255.255
  0xc0a80101 3232235777 0300.0250.1.1 100.64.0.0 100.64.0.1 100.127.255.255 0x64.0x40.1 1681915905
`);

const METADATA = words(`
  169.254.169.254 169.254.169.254. 2852039166 0xa9fea9fe 025177524776 0251.0376.0251.0376 0xa9.0xfe.0xa9.0xfe
  169.254.43518 169.16689662 169.254.0xa9fe 169.0376.0xa9.254 169.254.0.0 169.254.255.255 169.254.170.2
  169.254.170.23 169.254.0.23 169.254.42.42 100.100.100.200 168.63.129.16 2822734096 0xa83f8110 192.0.0.192
  0xc00000c0
`);

const NOBODYS = words(`
  192.0.0.0 192.0.0.8 192.0.0.170 192.0.0.255 192.0.2.0 192.0.2.1 192.0.2.255 192.88.99.0 192.88.99.1
  192.88.99.255 192.31.196.1 192.52.193.1 192.175.48.1 198.18.0.0 198.18.0.1 198.19.255.255 198.51.100.0
  198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 224.0.0.1 239.255.255.255 240.0.0.0 240.0.0.1
  255.255.255.254 255.255.255.255 4294967295 0xffffffff 037777777777
`);

const ODD_CHARACTERS = words(`
  %31%32%37.0.0.1 127%2e0%2e0%2e1 %6c%6fcalhost 169.254.169.%32%35%34 ①②⑦.⓪.⓪.① ①⑥⑨.②⑤④.①⑥⑨.②⑤④ １２７.０.０.１
  127。0。0。1 127．0．0．1 127｡0｡0｡1 １６９。２５４。１６９。２５４ 𝟏𝟐𝟕.𝟎.𝟎.𝟏 𝟶x7f.1 ⁰.₀.⁰.₀ ¹⁰.0.0.1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ ｌｏｃａｌｈｏｓｔ
  𝐥𝐨𝐜𝐚𝐥𝐡𝐨𝐬𝐭 loca𝓁host localhoſt LOCALHOST。
`);

const IPV6 = words(`
  [::] [::1] [0:0:0:0:0:0:0:1] [0000::0001] [0:0::0.0.0.1] [::0.0.0.0] [::2] [::127.0.0.1] [::7f00:1]
  [::169.254.169.254] [::8.8.8.8] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1] [::ffff:0.0.0.0]
  [::ffff:8.8.8.8] [0:0:0:0:0:FFFF:a00:1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:0:127.0.0.1]
  [::fffe:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b::8.8.8.8] [64:ff9b:1::10.0.0.1]
  [64:ff9b:1:ffff::169.254.169.254] [2002:7f00:1::] [2002:a9fe:a9fe::1] [2002:a00:1::1]
  [2002:808:808::808:808] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001::1] [2001:0:7f00:1::1] [2001:1::1]
  [2001:2::1] [2001:10::1] [2001:20::1] [2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff] [2001:db8::1]
  [2001:db8:ffff::127.0.0.1] [3fff::1] [3fff:fff:ffff::1] [3ffe::1] [2620:4f:8000::1] [2600::5efe:10.0.0.1]
  [2600::200:5efe:127.0.0.1] [2a00:1450:4001:81b:0:5efe:a9fe:a9fe] [100::1] [100:0:0:1::1] [1fff:ffff::1]
  [4000::1] [5f00::1] [8000::1] [fc00::1] [fd00:ec2::254] [fd00:ec2::23] [FD00:EC2::254] [fd20:ce::254]
  [fd00:c1::a9fe:a9fe] [fdff:ffff::1] [fe80::1] [febf::1] [fe80::a9fe:a9fe] [fec0::1] [feff::1] [ff02::1]
  [ff05::2] [ff0e::1]
`);

/** Names that mean this machine or its own network, whatever a name server says. */
const NAMES = words(`
  localhost localhost. LOCALHOST LocalHost. a.localhost a.b.localhost. ʟocalhost.localhost
  localhost.localdomain printer.local printer.local. kubernetes.default.svc.cluster.local router.home.arpa
  metadata.google.internal metadata.google.internal. METADATA.GOOGLE.INTERNAL host.docker.internal
  instance-data.ec2.internal metadata.azure.internal
`);

export const PRIVATE_HOSTS: readonly string[] = [
  ...LOOPBACK,
  ...PRIVATE_NETWORKS,
  ...METADATA,
  ...NOBODYS,
  ...ODD_CHARACTERS,
  ...IPV6,
  ...NAMES,
];
