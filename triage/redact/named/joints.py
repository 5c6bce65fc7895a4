"""What names a secret and what joins a name to its value, as one RE2 alternation.

The names are the words that sensitive ones hold; `keys` says what a whole name means.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from triage.redact.named.keys import Names, parts, vocabulary
from triage.redact.text import Expression, alternatives

__all__ = ("assignment", "foreign", "pairing")

_NAMES: Final = (
    r"pass(?:word|wd|phrase|code|wort)?|\bcred\b|\bencrypt\b|stripe_sk\b|principal|pwd|pswd|mot_de_passe|secret"
    r"|token|credential|creds|key base\b|key|auth|bearer|jwt|psk|"
    r"cookie|sess|\bsid|[._-]sid|otp|csrf|xsrf|mnemonic|seed|recovery|"
    r"(?:pin|backup|auth|verification|security|pass|mfa|fa|factor|time|authorization|unlock|sort|pairing"
    r"|confirmation|activation|reset|login|sms|email|puk)[_ -]?code|"
    r"[?&;#]code|code_verifier|\bapi|access|license|\bsig|signature|hmac|\bpin|pin\b|security[ _-]?answer|cvv|cvc"
    r"|card|\bpan\b|\bssn|social|tax|national|passport|"
    r"imei|imsi|iccid|meid|serial|\be?ssid|[._-]ssid|(?-i:[a-z]S(?:SID|sid))|\bdob|birth|logon|phone|\btel|mobile|\bcell|\bfax|msisdn|number|whatsapp|\bsms|"
    r"calle[re]|iban|account|name|login|user|host|machine|computer|workstation|fqdn|node|instance"
    r"|peer|upstream|broker|"
    r"saml|appid|ticket|salt|\bpuk|[mt]pin|kennwort|senha|wachtwoord|haslo|parola|heslo|salasana|konto|geburts"
    r"|contrase|contrasin|palavra|losenord|adgangs|kodeord|jelszo|lozinka|slaptaz|sandi|sifre|mat_khau|\bclave|\bmdp"
    r"|geslo|motdepasse|\bpats?\b|[_-]pats?\b|(?-i:[a-z]Pat\b)|\bv_data\b|ksecvalue"
    r"|klucz|chiave|chave|llave|sleutel|schlue?ssel|nyckel|jeton|sitzung|sesion|sessione"
    r"|[?&;#](?:sign|magic|invite)|\bborn|cfid|aspxauth|laravel|\bpw|rootpw|bindpw|holder|owner|author|\bactor"
    r"|street(?:[ _-](?:address|and[ _-]number))?|strasse|straat|anschrift|lieferadresse"
    r"|rechnungsadresse|addr(?:ess)?[ _-]?(?:line|[0-9])|adrline|strtnm"
    r"|(?:home|postal|mailing|residen\w{2,6}|shipping|billing|delivery|registered|permanent"
    r"|current|work)[ _-]?address"
    r"|\bcalle\b|domicil|direccion|indirizzo|endereco|logradouro|woonadres|\bulica|adresse_"
    r"|zip[ _-]?code|zip\b|post[ _-]?code"
    r"|postal|\bplz|postleit|postnum|postinum|pst_?cd|\bcep\b|pr[e\xe9]nom|nom_de_famille"
    r"|nom_complet|apellido|cognome|nombre_|_cliente"
    r"|imie|nazwisko|fornavn|etternavn|efternavn|efternamn|fornamn|etunimi|sukunimi|prijmeni|soyad"
    r"|titular|intestatario"
    r"|kontoinhaber|ansprechpartner|signatory|next_of_kin|emergency_contact|contact_person"
    r"|beneficiar|bday|gebdat|naissance"
    r"|nacimiento|nascita|nascimento|geboorte|urodzenia|dselsdato|delsedatum|nino|national"
    r"|insurance|identity|\bcpf|\bdni|\bnie\b|\bnif\b"
    r"|\bcurp|fiscale|\binsee|steuer|idnr|nummer|\bbsn|pesel|\bhetu\b|tunnus|\bcpr\b|isikukood"
    r"|\begn\b|\bcnp\b|\boib\b|aadhaa?r"
    r"|\bhkid|\bnric|personal[ _-]?id|\bitin|ausweis|cedula|\bmrn\b|\bnhs|reisepass|passeport"
    r"|pasaporte|passaporto|licen[cs]e[ _-]?n"
    r"|handy|mobil|movil|celular|cellulare|telem|landline|festnetz|puhelin|komorka|\bph_no"
    r"|securite_sociale|voter|resident"
    r"|primeiro|apelido|\bnomes?\b|\bnome[_-]?(?:d[ioea]|[tpsbfrcui])|nombre|\bnom\b|\bnaam\b"
    r"|nom_?(?:famille|naissance|jeune|usage|titul|patient|benef|assure|complet)|zuname|vollname|_nachname"
    r"|voorletters|roepnaam|(?:volledige|klant|geslachts|meisjes|voor|achter)_?naam|tenaamst|na[vm]n\b|tilltals"
    r"|kontaktperson|koko_?nimi|\bnimi\b|imiona|jmeno|priezvisko|vezetek|kereszt|\bnik\b|soyisim|teljes|csaladnev"
    r"|utonev|prenume|nume_|prezime|priimek|nama_|familiya|otchestvo|fecha_?nac|fec_nac|dt_?nasc"
    r"|data_?(?:nasc|urodz|nast|rozh)|f[o\xf8]d[td]\b|datum_?(?:roj|rod|nar|geb)|dogum|um_tarihi|geboren(?: am)?"
    r"|born on|lahir|usuario|utilisateur|benutzer|gebruiker|bruker|anvandar|kayttaja|uzytkownik|utente|kullanici"
    r"|felhasznalo|uzivatel|korisnik|szuletesi|ngay_sinh|gebdatum|\bgeb_|morada|residenza|adresse_|wohnadr"
    r"|privatadr|hausanschr|adres_|(?:huis|bezorg|hjemme?|bostads?|lever\w{3,4}|factuur|post)_?adress?e?\b|lakcim"
    r"|bydliste|\bulice|ev_adresi|alamat_|num(?:ero)?_?(?:ss|secu|contrib|doc|dni|nir|insee)|\bno_secu|\bniss\b"
    r"|\bnss\b|\bnir\b|nir_|contribuinte|pis_pasep|\bcnh\b|cidadao|eleitor|documento|\bruc\b|rodne_?c"
    r"|tc_?(?:kimlik|no)|tckn|kimlik|szemelyi|taj_?szam|adoazon|dowodu|personnr|persnr|selsnr|\bfnr\b|kennitala"
    r"|\bk?svnr|\brvnr|ahvnr|\bkvnr|rijksreg|\binsz|\bktp|\bcccd|\bcmnd|snils|citizen|\btlf|telef|\bnr_tel"
    r"|complet[oe]?\b|paterno|materno|\bfamille\b|portable|\bno_hp|telepon|identification"
    r"|\bacct|committer|reviewer|\busr|\buid|server|leader|primary|_by\b|\bby\b|assign|whoami|[_.-]pw\b"
)
_JOIN: Final = (
    r"[*_]{1,2}:[ \t]{1,4}|:[*_]{1,2}[ \t]{1,4}"  # a name in bold
    r"|:[ ]?<(?:b|strong|code|i|em|span|tt|kbd|samp|var)(?:[ ][^<>\n]{0,80})?>"  # a value that is set off
    r"|(?:\\{0,15}[\"'])?[)\]}]?[ ](?:\|\||\?\?|\?:|or)[ ][\"'\x60]"  # what holds where it is not set
    r"|\\{0,15}[\"'][ ]value[ ]\\{0,15}[\"']"
    r"|(?:[\"']\])?\r?\n(?:=>[ ]|\$[0-9]{1,4}[ ]={1,2}>?[ ]|Out\[[0-9]{1,4}\]:[ ])?[\"']"  # what a console answers
    r"|[\"']?[)\]}]{0,2}[ ]{1,4}(?:#|//|--)[ ]?(?:=>|->)[ ][\"']"  # what a comment answers
    # a sign of assignment
    r"|(?:\\{0,15}[\"'\x60][\]}]?|\*\*)?(?::(?:protected|private)\]?)?[ \t]{0,32}\\{0,2}"
    r"(?:=>|->|<<<|::[ \t]|:=|[!=]==?|(?:\|\||\?\?|[?+.])=|[:=]|\|{1,2}|\.{4,60}"
    r"|\xe2(?:\x86\x92|\x87\x92|\x9e[\x94\x9c\x9d\x9e\xa1])|\xef\xbc[\x9a\x9d])"  # arrows, signs of full width
    r"|[ \t]{0,4}<-[ \t]{0,4}[\"']"  # an assignment of R
    r"|</[\w:-]{0,20}(?:name|key)>\s{0,40}<[\w:-]{0,20}(?:value|string)[^<>]{0,60}>(?:<string>)?"  # one beside it
    r"|(?:\\?[\"']\])?[ ]?:?[ ]?</(?:t[hd]|dt|b|strong|label|span|code)>[ ]?:?\s{0,40}"  # the next cell, a term
    r"(?:</t[hd]>\s{0,40})?<(?:t[hd]|dd|span|code|samp|tt|pre)(?:[ ][^<>\n]{0,80})?>(?:<(?:code|tt|span|pre)>)?"
    r"|\[[0-9]{0,4}\][ \t]*=[ \t]*|[ \t]+(?:As[ \t]+)?\*?(?:&'static str|string|str)[ \t]*=[ \t]*"  # a type behind it
    r"|[ \t]*\{ ?get; ?(?:private |protected )?(?:(?:set|init); ?)?\}[ \t]*=[ \t]*"
    r"|[ \t]*\([a-z0-9_ /,-]{2,20}\)[ \t]*[:=]"
    r"|(?:\(\))?\)?(?:\.[a-z_]{2,24})?!?(?:\(|\{[ ]?|,[ ]?)(?:<<|[bu])?[\"']"  # what stands beside it
    r"|[ \t]+(?:str|string|std::string|bytes|char ?\*)[ \t]+(?:[\"'])"
    r"|\\{0,15}[\"'\x60][ \t]{0,4},\s{0,24}b?(?:\\{0,15}[\"'\x60])"  # the next item of a list
    r"|[\"'\x60][ \t]?\{[^{}\"]{0,300}(?:default|value)[ \t]*=[ \t]*[\"']"  # a variable or an output of Terraform
    r"|\\{0,15}[\"'],[ ](?:[a-z_]{1,20}=[^,()\"'\n]{0,40},[ ]){0,4}default="  # an option of a command line
    r"|\\{0,15}\";s:[0-9]{1,4}:"  # a pair as PHP writes arrays
    r"|[\"']\r?\n[0-9]{1,3}\)[ ][\"']"  # what Redis answers
    r"|[ \t]+REG_(?:EXPAND_)?SZ[ \t]+"  # the registry of Windows
    r"|[ ]<==\r?\n"  # a file as tail heads it
    r"|</(?:key|string)>(?:\s|\\{1,4}[nrt]){0,40}<string>"  # a property list
    r"|[ \t]+[A-Za-z]{2,20}(?:\([0-9, ]{1,9}\))?[ \t]*=[ \t]*N?'"  # a variable of SQL
    r"|[ \t]+\.[ \t]+\""  # a pair of Lisp
    r"|(?:[ \t]+[\w:.-]{1,40}=\\{0,15}[\"'][^\"'<>\n]{0,160}\\{0,15}[\"']){0,4}>"  # an XML element
)


# A string of JSON up to where the next name opens, or its object closes: what is joined inside is told from it alone.
_STRING: Final = r"\": ?\"[^\"\\\r\n\x00]+\"(?:[ \t]{0,4},\s{0,24}\"|\}[\n,}])"


@lru_cache(maxsize=16)
def assignment(extra: Names) -> Expression:
    """A sensitive name, or one of a policy, with what joins it to a value."""
    return Expression(rf"(?i)(?:{_names(extra)})[\w.\-]{{0,40}}[\]}}]?(?:{_JOIN})")


@lru_cache(maxsize=16)
def pairing(extra: Names) -> Expression:
    """As `assignment`; of a name of JSON whose value is a string all of both, and what is joined in it."""
    return Expression(rf"(?i)(?:{_names(extra)})[\w.\-]{{0,40}}(?:{_STRING}|[\]}}]?(?:{_JOIN}))")


@cache
def foreign() -> Expression:
    """A word for a password or a key that is not in ASCII, with what a longer name has behind it."""
    words = alternatives(word for word in vocabulary().foreign | vocabulary().foreign_keys if not word.isascii())
    return Expression(rf"(?i)(?:{words})[\w.-]{{0,40}}")


def _names(extra: Names) -> str:
    """An expression of what sensitive names hold."""
    words = f"|{foreign().pattern.removeprefix('(?i)')}"
    return _NAMES + words + "".join(f"|{'[_. -]?'.join(words)}" for words in map(parts, extra) if words)
