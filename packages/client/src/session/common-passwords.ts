/**
 * The most common passwords of twelve characters and more, in lower case and without spaces; shorter ones are refused anyway, and those that are
 * a run or a few characters repeated are recognised without a list.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
  1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc zaq12wsxcde3
  1qaz@wsx3edc !qaz2wsx#edc q1w2e3r4t5y6 q1w2e3r4t5y6u7i8 qwertyuiop12 qwertyuiop123 qwertyuiop1234 qwertyuiop[] qwertyuiopas
  qwertyuiopasdf qwertyuiopasdfgh qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm qwerty123456 qwerty1234567 qwerty12345678
  qwerty123456789 qwertyqwerty qwerty123qwerty asdfghjkl123 asdfghjklzxcvbnm asdfasdfasdf zxcvbnmasdfghjkl
  zxcvbnm12345 zxcvbnm123456 123456qwerty 1234567qwerty 12345678qwerty 123456789qwerty 1234qwerasdf 1234qwerasdfzxcv
  qwer1234asdf qwerasdfzxcv 123qweasdzxc qweasdzxc123 qazwsxedcrfv qazwsxedc123 1234567890qwertyuiop abcdefghijkl
  abcdefg123456 abcdefgh1234 abcd12345678 abc123456789 abc123abc123 a1b2c3d4e5f6 a123456789012 123456abcdef
  123456789abc 1234567890abc 123456789012 1234567890123 12345678901234567890 0123456789012 012345678910 987654321012
  098765432123 123123123123 112233445566 121212121212 101010101010 111222333444 password1234 password12345 password123456
  password1234567 password123456789 passwordpassword password!123 password@123 password@1234 password1password1
  p@ssw0rd1234 p@ssword1234 p@ssw0rd12345 passw0rd1234 pa55w0rd1234 passwort1234 passwort12345 passwort123456 motdepasse123
  motdepasse1234 contraseña123 contrasena123 contraseña1234 senha12345678 parola123456 parolaparola sifre1234567 haslo1234567
  wachtwoord123 wachtwoord1234 lozinka12345 salasana1234 heslo1234567 jelszo123456 mypassword123 mypassword1234
  newpassword123 newpassword1234 yourpassword thisismypassword thisisapassword ismypassword changeme1234 changeme12345
  changeme123456 changemeplease letmeinletmein letmein12345 letmein123456 letmein1234567 letmeinplease welcome12345
  welcome123456 welcome2023! welcome2024! welcome2025! welcome2026! welcomewelcome welcome@1234 welcomehome1
  iloveyou1234 iloveyou12345 iloveyou123456 iloveyouiloveyou iloveyouforever iloveyousomuch iloveyoubaby iloveyou4ever
  ilovemyfamily ilovemymommy ilovejesus123 jesusislord123 jesuschrist1 jesussaves123 administrator administrator1
  administrator123 adminadminadmin admin1234567 admin12345678 admin123456789 adminpassword adminadmin123 root12345678
  test12345678 testtesttest testpassword testing12345 temppassword temporary123 default12345 guest1234567 user12345678
  master123456 monkey123456 monkey1234567 dragon123456 dragon1234567 sunshine1234 sunshine12345 princess1234 princess12345
  princess123456 football1234 football12345 baseball1234 basketball123 superman1234 superman12345 batman123456 spiderman123
  starwars1234 starwars12345 pokemon12345 pokemon123456 michael12345 jennifer1234 jessica12345 charlie12345 ashley123456
  daniel123456 jordan123456 michelle1234 liverpool123 liverpool1234 manchester123 manchesterunited arsenal12345 chelsea12345
  barcelona123 barcelona1234 realmadrid123 realmadrid1234 galatasaray1905 galatasaray123 fenerbahce1907 fenerbahce123
  besiktas1903 trabzonspor1967 juventus1234 bismillah123 bismillah1234 alhamdulillah subhanallah1 muhammad1234 allahuakbar1
  trustno1trustno1 whatever1234 computer1234
  computer12345 internet1234 samsung12345 samsung123456 microsoft123 google123456 facebook1234 facebook12345 linkedin1234
  instagram123 blink182blink182 slipknot1234 metallica123 metallica1234 jackdaniels1 harleydavidson harrypotter1
  harrypotter7 harrypotter123 chocolate123 chocolate1234 butterfly123 butterfly1234 beautiful123 beautiful1234
  strawberry123 cheesecake123 summer2023!! summer2024!! summer2025!! winter2023!! winter2024!! winter2025!! spring2024!!
  autumn2024!! secret123456 secretsecret secretpassword supersecret1 supersecret123 topsecret123 unknown12345 nopassword123
  asdf1234asdf asdf1234qwer q1w2e3r4t5y6u7 qwe123qwe123 qwe123456789 zxc123456789 asd123456789 aaa123456789 abcabcabcabc
  987654321abc 9876543210abc 147258369147 147258369258 159357159357 159753159753 741852963741 789456123789 789456123000
  314159265358 3141592653589 271828182845 thequickbrownfox opensesame123 hunter2hunter2 footballfootball
  `
    .trim()
    .split(/\s+/),
);
