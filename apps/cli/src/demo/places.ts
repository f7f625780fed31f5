/** People and addresses of a country, as its address books have them. Names in another script carry their Latin form. */
export interface Place {
  readonly givenNames: readonly string[];
  readonly familyNames: readonly string[];
  readonly isFamilyNameFirst?: boolean;
  readonly country: string;
  readonly cities: readonly string[];
  readonly streets: readonly string[];
  readonly phonePrefixes: readonly string[];
  readonly postalDigits: number;
  readonly topLevel: string;
}

const list = (text: string): readonly string[] => text.split(", ");

export const places: readonly Place[] = [
  {
    givenNames: list("Ayşe, Mehmet, Fatma, Mustafa, İpek, Çağrı, Işıl, Ömer, Gülşah, Yiğit, Şükrü, Ebru, Tuğçe, Kağan"),
    familyNames: list(
      "Yılmaz, Kaya, Demir, Şahin, Çelik, Yıldız, Öztürk, Aydın, Özdemir, Arslan, Doğan, Kılıç, Çetin, Güneş",
    ),
    country: "Türkiye",
    cities: list("İstanbul, Ankara, İzmir, Eskişehir, Muğla, Diyarbakır, Şanlıurfa"),
    streets: list("Atatürk Bulvarı, Cumhuriyet Cad., İstiklal Cad., Çiçek Sok., Gül Sok."),
    phonePrefixes: list("+90 532, +90 212, +90 312, +90 505"),
    postalDigits: 5,
    topLevel: "com.tr",
  },
  {
    givenNames: list("Ada, Grace, Alan, Margaret, Tim, Oliver, Amelia, George, Siobhán, Zoë"),
    familyNames: list("Lovelace, Hopper, Turing, Hamilton, O'Brien, Smith-Jones, Walker, Murphy, Davies, Taylor"),
    country: "United Kingdom",
    cities: list("London, Manchester, Edinburgh, Cardiff, Bristol"),
    streets: list("High Street, Station Road, Church Lane, Victoria Terrace"),
    phonePrefixes: list("+44 20, +44 161, +44 7700"),
    postalDigits: 5,
    topLevel: "co.uk",
  },
  {
    givenNames: list("Jürgen, Käthe, Günther, Anneliese, Björn, Sören, Lieselotte, Jörg"),
    familyNames: list("Müller, Schröder, Weiß, Großmann, Schäfer, von der Heide, Köhler, Böhm"),
    country: "Deutschland",
    cities: list("Berlin, München, Köln, Düsseldorf, Würzburg"),
    streets: list("Hauptstraße, Königsallee, Am Mühlbach, Schloßplatz"),
    phonePrefixes: list("+49 30, +49 89, +49 151"),
    postalDigits: 5,
    topLevel: "de",
  },
  {
    givenNames: list("François, Éloïse, Benoît, Anaïs, Noël, Geneviève, Jérôme"),
    familyNames: list("Lefèvre, D'Arc, Bélanger, Rousseau, Château, Gauthier, Le Goff"),
    country: "France",
    cities: list("Paris, Lyon, Orléans, Besançon, Saint-Étienne"),
    streets: list("rue de l'Église, avenue Foch, place des Vosges, chemin Vert"),
    phonePrefixes: list("+33 1, +33 6, +33 4"),
    postalDigits: 5,
    topLevel: "fr",
  },
  {
    givenNames: list("José, María, Íñigo, Ángeles, Joaquín, Begoña, Núria"),
    familyNames: list("García Márquez, Núñez, Ibáñez, Peña, Rodríguez, Muñoz, López"),
    country: "España",
    cities: list("Madrid, Málaga, Cádiz, La Coruña, León"),
    streets: list("Calle Mayor, Plaza de España, Avenida de la Constitución"),
    phonePrefixes: list("+34 91, +34 600"),
    postalDigits: 5,
    topLevel: "es",
  },
  {
    givenNames: list("Łukasz, Małgorzata, Święty, Grażyna, Żaneta, Paweł"),
    familyNames: list("Wiśniewski, Dąbrowska, Wójcik, Kowalczyk, Zieliński, Łuczak"),
    country: "Polska",
    cities: list("Kraków, Łódź, Gdańsk, Wrocław"),
    streets: list("ul. Długa, ul. Święty Marcin, al. Niepodległości"),
    phonePrefixes: list("+48 22, +48 501"),
    postalDigits: 5,
    topLevel: "pl",
  },
  {
    givenNames: list("Мария|maria, Дмитрий|dmitri, Алёна|alyona, Сергей|sergei, Юлия|yulia"),
    familyNames: list("Иванова|ivanova, Щербаков|shcherbakov, Королёв|korolyov, Чайковская|chaikovskaya"),
    country: "Қазақстан",
    cities: list("Алматы, Астана, Шымкент"),
    streets: list("ул. Абая, пр. Достык, ул. Гоголя"),
    phonePrefixes: list("+7 727, +7 701"),
    postalDigits: 6,
    topLevel: "kz",
  },
  {
    givenNames: list("太郎|taro, 花子|hanako, 翔|sho, 美咲|misaki, 健一|kenichi"),
    familyNames: list("佐藤|sato, 鈴木|suzuki, 髙橋|takahashi, 渡邉|watanabe"),
    isFamilyNameFirst: true,
    country: "日本",
    cities: list("東京都, 大阪市, 京都市"),
    streets: list("千代田区丸の内, 中央区銀座, 左京区吉田本町"),
    phonePrefixes: list("+81 3, +81 90"),
    postalDigits: 7,
    topLevel: "jp",
  },
  {
    givenNames: list("فاطمة|fatima, محمد|mohammed, ليلى|layla, يوسف|youssef"),
    familyNames: list("الحسن|alhassan, الشريف|alsharif, خليل|khalil"),
    country: "المغرب",
    cities: list("الرباط, الدار البيضاء, فاس"),
    streets: list("شارع محمد الخامس, زنقة الأطلس"),
    phonePrefixes: list("+212 5, +212 6"),
    postalDigits: 5,
    topLevel: "ma",
  },
  {
    givenNames: list("Nguyễn Thị|thi, Trần Văn|van, Đặng|dang"),
    familyNames: list("Hương|huong, Phước|phuoc, Lê|le"),
    country: "Việt Nam",
    cities: list("Hà Nội, Đà Nẵng, Huế"),
    streets: list("Phố Huế, Đường Lê Lợi"),
    phonePrefixes: list("+84 24, +84 91"),
    postalDigits: 6,
    topLevel: "vn",
  },
];
