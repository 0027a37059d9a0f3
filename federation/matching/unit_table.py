"""The units that indicators may be written in: one closed table, the same on every member.

- A row is: pint's name, its definition for pint, how it is written, whether prefixes may stand
  before it. What is not in the table is no unit, whatever a library's own list may know: members
  must agree, and two releases of a library need not.
- Levels (级), folds (倍), counts (次, 个, 台 …), money, decibels and hardness scales are dimensions
  of their own: they compare with themselves only. A rotation and an angle are no pure numbers.
- A year is 365.25 days, a month a twelfth of it.
- Letters that mean two things stand in `BY_QUANTITY`: there the quantity's name must tell which,
  else the unit is not read.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class UnitRow(NamedTuple):
    """One unit: name and definition for pint, written forms, and whether it has prefixes."""

    name: str
    definition: str
    written: str
    prefixed: bool = False


class PrefixRow(NamedTuple):
    """One prefix: its name and factor for pint, and its written forms."""

    name: str
    factor: str
    written: str


PREFIXES: Final = (
    PrefixRow("tera", "1000000000000", "T 太"),
    PrefixRow("giga", "1000000000", "G 吉"),
    PrefixRow("mega", "1000000", "M 兆"),
    PrefixRow("kilo", "1000", "k 千"),
    PrefixRow("hecto", "100", "h 百"),
    PrefixRow("deci", "1/10", "d 分"),
    PrefixRow("centi", "1/100", "c 厘"),
    PrefixRow("milli", "1/1000", "m 毫"),
    PrefixRow("micro", "1/1000000", "μ u 微"),
    PrefixRow("nano", "1/1000000000", "n 纳"),
    PrefixRow("pico", "1/1000000000000", "p 皮"),
    PrefixRow("femto", "1/1000000000000000", "f 飞"),
)

_SI: Final = (
    UnitRow("meter", "[length]", "m 米 metre meter", prefixed=True),
    UnitRow("kilogram", "[mass]", "公斤"),
    UnitRow("gram", "kilogram / 1000", "g 克 gram", prefixed=True),
    UnitRow("second", "[time]", "s 秒 秒钟 sec second", prefixed=True),
    UnitRow("ampere", "[current]", "A 安 安培 amp ampere", prefixed=True),
    UnitRow("kelvin", "[temperature]; offset: 0", "K 开 开尔文 kelvin", prefixed=True),
    UnitRow("mole", "[substance]", "mol 摩尔 摩 mole", prefixed=True),
    UnitRow("candela", "[luminosity]", "cd 坎德拉 candela", prefixed=True),
    UnitRow("degC", "kelvin; offset: 273.15", "°C ℃ 摄氏度 celsius degC"),
    UnitRow("degF", "5 / 9 * kelvin; offset: 45967/180", "°F ℉ 华氏度 fahrenheit degF"),
    UnitRow("newton", "kilogram * meter / second ** 2", "N 牛 牛顿 newton", prefixed=True),
    UnitRow("pascal", "newton / meter ** 2", "Pa 帕 帕斯卡 pascal", prefixed=True),
    UnitRow("joule", "newton * meter", "J 焦 焦耳 joule", prefixed=True),
    UnitRow("watt", "joule / second", "W 瓦 瓦特 watt", prefixed=True),
    UnitRow("coulomb", "ampere * second", "库仑 coulomb", prefixed=True),
    UnitRow("volt", "watt / ampere", "V 伏 伏特 volt", prefixed=True),
    UnitRow("ohm", "volt / ampere", "Ω 欧 欧姆 ohm", prefixed=True),
    UnitRow("siemens", "ampere / volt", "S 西门子 siemens", prefixed=True),
    UnitRow("farad", "ampere * second / volt", "F 法 法拉 farad", prefixed=True),
    UnitRow("henry", "volt * second / ampere", "亨 亨利 henry", prefixed=True),
    UnitRow("weber", "volt * second", "Wb 韦伯", prefixed=True),
    UnitRow("tesla", "weber / meter ** 2", "特斯拉 tesla", prefixed=True),
    UnitRow("hertz", "1 / second", "Hz 赫兹 赫 hertz", prefixed=True),
    UnitRow("lumen", "[luminous_flux]", "lm 流明 lumen", prefixed=True),
    UnitRow("lux", "lumen / meter ** 2", "lx 勒克斯 lux", prefixed=True),
    UnitRow("decay", "[decay]", ""),
    UnitRow("becquerel", "decay / second", "Bq 贝克勒尔", prefixed=True),
    UnitRow("gray", "joule / kilogram", "Gy 戈瑞", prefixed=True),
    UnitRow("sievert", "[dose]", "Sv 希沃特", prefixed=True),
)

_ACCEPTED: Final = (
    UnitRow("minute", "60 * second", "min 分钟 minute"),
    UnitRow("hour", "3600 * second", "h hr 小时 钟头 hour"),
    UnitRow("day", "86400 * second", "d 天 日 day"),
    UnitRow("week", "604800 * second", "星期 week"),
    UnitRow("year", "31557600 * second", "a yr 年 year"),
    UnitRow("month", "2629800 * second", "月 个月 month"),
    UnitRow("tonne", "1000 * kilogram", "t 吨 tonne", prefixed=True),
    UnitRow("jin", "kilogram / 2", "斤 市斤"),
    UnitRow("pound", "0.45359237 * kilogram", "lb lbs 磅 pound"),
    UnitRow("liter", "meter ** 3 / 1000", "L l 升 liter litre", prefixed=True),
    UnitRow("hectare", "10000 * meter ** 2", "ha 公顷 hectare"),
    UnitRow("mu", "2000 / 3 * meter ** 2", "亩"),
    UnitRow("kilometer_of_road", "1000 * meter", "公里"),
    UnitRow("nautical_mile", "1852 * meter", "海里 nmi"),
    UnitRow("inch", "0.0254 * meter", "in inch 英寸 inches"),
    UnitRow("foot", "0.3048 * meter", "ft foot feet 英尺"),
    UnitRow("mile", "1609.344 * meter", "mile 英里"),
    UnitRow("angstrom", "meter / 10000000000", "Å 埃"),
    UnitRow("micron", "meter / 1000000", "micron"),
    UnitRow("knot", "1852 / 3600 * meter / second", "节 knot"),
    UnitRow("bar", "100000 * pascal", "bar 巴", prefixed=True),
    UnitRow("atmosphere", "101325 * pascal", "atm 大气压"),
    UnitRow("torr", "101325 / 760 * pascal", "Torr torr", prefixed=True),
    UnitRow("mmHg", "133.322387415 * pascal", "mmHg"),
    UnitRow("psi", "0.45359237 * 9.80665 / 0.0254 ** 2 * pascal", "psi PSI"),
    UnitRow("kgf", "9.80665 * newton", "kgf 千克力 公斤力"),
    UnitRow("newton_meter", "newton * meter", "Nm", prefixed=True),
    UnitRow("watt_hour", "3600 * joule", "Wh 瓦时", prefixed=True),
    UnitRow("kilowatt_hour", "3600000 * joule", "度电 千瓦小时"),
    UnitRow("ampere_hour", "3600 * ampere * second", "Ah 安时", prefixed=True),
    UnitRow("volt_ampere", "volt * ampere", "VA 伏安", prefixed=True),
    UnitRow("watt_peak", "[watt_peak]", "Wp", prefixed=True),
    UnitRow("calorie", "4.184 * joule", "cal 卡路里 calorie", prefixed=True),
    UnitRow("horsepower", "735.49875 * watt", "马力"),
    UnitRow("electronvolt", "1.602176634 / 10000000000000000000 * joule", "eV", prefixed=True),
    UnitRow("dalton", "[dalton]", "Da", prefixed=True),
    UnitRow("gauss", "tesla / 10000", "Gs 高斯 gauss"),
    UnitRow("poise", "pascal * second / 10", "poise", prefixed=True),
    UnitRow("centipoise", "pascal * second / 1000", "cP cps"),
    UnitRow("stokes", "meter ** 2 / second / 10000", "St cst", prefixed=True),
    UnitRow("curie", "37000000000 * becquerel", "Ci 居里", prefixed=True),
    UnitRow("darcy", "[darcy]", "达西 darcy", prefixed=True),
)

_RATIOS: Final = (
    UnitRow("percent", "1 / 100", "% percent pct"),
    UnitRow("percentage_point", "[percentage_point]", "个百分点 百分点"),
    UnitRow("permille", "1 / 1000", "‰"),
    UnitRow("ppm", "1 / 1000000", "ppm PPM"),
    UnitRow("ppb", "1 / 1000000000", "ppb PPB"),
    UnitRow("relative_humidity", "[relative_humidity]", "%RH %rh RH%"),
    UnitRow("mass_percent", "[mass_percent]", "wt% wt.% %wt"),
    UnitRow("volume_percent", "[volume_percent]", "vol% vol.%"),
    UnitRow("atomic_percent", "[atomic_percent]", "at% at.%"),
    UnitRow("mole_percent", "[mole_percent]", "mol%"),
    UnitRow("decibel", "[decibel]", "dB 分贝 decibel"),
    UnitRow("decibel_a", "[decibel_a]", "dBA dB(A)"),
    UnitRow("decibel_milliwatt", "[decibel_milliwatt]", "dBm"),
    UnitRow("decibel_isotropic", "[decibel_isotropic]", "dBi"),
)

_ANGLES: Final = (
    UnitRow("angle_degree", "[angle]", "° deg 角度"),
    UnitRow("angle_minute", "angle_degree / 60", "角分 arcmin"),
    UnitRow("angle_second", "angle_degree / 3600", "角秒 arcsec"),
    # 180 / π to 30 places: a fixed fraction, since members must agree to the last digit.
    UnitRow(
        "radian",
        "57.295779513082320876798154814105 * angle_degree",
        "rad 弧度 radian",
        prefixed=True,
    ),
    UnitRow("revolution", "[rotation]", "r rev 转 圈 revolution"),
    UnitRow("rpm", "revolution / minute", "rpm RPM 转每分"),
)

_OWN_DIMENSION: Final = (
    UnitRow("fold", "[fold]", "倍 fold"),
    UnitRow("level", "[level]", "级 等级 级别"),
    UnitRow("occurrence", "[occurrence]", "次 循环 周次 cycle"),
    UnitRow("piece", "[piece]", "个"),
    UnitRow("item", "[item]", "件"),
    UnitRow("machine", "[machine]", "台"),
    UnitRow("outfit", "[outfit]", "套"),
    UnitRow("person", "[person]", "人 名 person people"),
    UnitRow("visit", "[visit]", "人次"),
    UnitRow("company", "[company]", "家"),
    UnitRow("household", "[household]", "户"),
    UnitRow("article", "[article]", "只"),
    UnitRow("vehicle", "[vehicle]", "辆"),
    UnitRow("slice", "[slice]", "片"),
    UnitRow("block", "[block]", "块"),
    UnitRow("sheet", "[sheet]", "张"),
    UnitRow("strip", "[strip]", "条"),
    UnitRow("rod", "[rod]", "根"),
    UnitRow("entry", "[entry]", "项"),
    UnitRow("sort", "[sort]", "种"),
    UnitRow("batch", "[batch]", "批 批次"),
    UnitRow("plant", "[plant]", "株"),
    UnitRow("head", "[head]", "头"),
    UnitRow("layer", "[layer]", "层 layer"),
    UnitRow("channel", "[channel]", "路 通道 channel"),
    UnitRow("axis", "[axis]", "轴"),
    UnitRow("mesh", "[mesh]", "目 mesh"),
    UnitRow("place", "[place]", "位"),
    UnitRow("frame", "[frame]", "帧 frame"),
    UnitRow("fps", "frame / second", "fps FPS"),
    UnitRow("pixel", "[pixel]", "像素 pixel px", prefixed=True),
    UnitRow("cell", "[cell]", "cell"),
    UnitRow("colony", "[colony]", "CFU cfu"),
    UnitRow("enzyme_unit", "[enzyme_unit]", "IU"),
    UnitRow("yuan", "[yuan]", "元 人民币 RMB CNY yuan"),
    UnitRow("dollar", "[dollar]", "美元 USD dollar"),
    UnitRow("euro", "[euro]", "欧元 EUR euro"),
    UnitRow("rockwell_a", "[rockwell_a]", "HRA"),
    UnitRow("rockwell_b", "[rockwell_b]", "HRB"),
    UnitRow("rockwell_c", "[rockwell_c]", "HRC"),
    UnitRow("vickers", "[vickers]", "HV"),
    UnitRow("brinell", "[brinell]", "HB HBW"),
    UnitRow("turbidity", "[turbidity]", "NTU"),
    UnitRow("discharge_rate", "[discharge_rate]", "C倍率"),
    UnitRow("binary_digit", "[binary_digit]", "bit 比特 b", prefixed=True),
    UnitRow("byte", "8 * binary_digit", "B 字节 byte", prefixed=True),
    UnitRow("bit_per_second", "binary_digit / second", "bps", prefixed=True),
)

UNITS: Final = (*_SI, *_ACCEPTED, *_RATIOS, *_ANGLES, *_OWN_DIMENSION)

BELOW_THE_LINE: Final = {"分": "minute", "时": "hour"}
"""Written forms that are clear after a solidus only: 转/分, 公里/时."""

BY_QUANTITY: Final = {
    "度": (("温", "degC"), ("角", "angle_degree")),
    "T": (("磁", "tesla"), ("field", "tesla"), ("载", "tonne"), ("重", "tonne")),
    "C": (("倍率", "discharge_rate"), ("温", "degC")),
    "周": (("循环", "occurrence"), ("疲劳", "occurrence"), ("周期", "week"), ("时间", "week")),
}
"""Written forms with two meanings: a word of the quantity's name, and the unit that it tells."""

MISWRITTEN: Final = {
    "Mpa": "MPa",
    "MPA": "MPa",
    "mpa": "MPa",
    "Gpa": "GPa",
    "GPA": "GPa",
    "KPa": "kPa",
    "Kpa": "kPa",
    "kpa": "kPa",
    "pa": "Pa",
    "KG": "kg",
    "Kg": "kg",
    "KM": "km",
    "Km": "km",
    "KW": "kW",
    "Kw": "kW",
    "kw": "kW",
    "KWh": "kWh",
    "KWH": "kWh",
    "kwh": "kWh",
    "Kwh": "kWh",
    "KV": "kV",
    "Kv": "kV",
    "kv": "kV",
    "KN": "kN",
    "Kn": "kN",
    "KHz": "kHz",
    "Khz": "kHz",
    "khz": "kHz",
    "Mhz": "MHz",
    "MHZ": "MHz",
    "Ghz": "GHz",
    "GHZ": "GHz",
    "hz": "Hz",
    "HZ": "Hz",
    "mah": "mAh",
    "um": "μm",
    "UM": "μm",
    "MM": "mm",
    "CM": "cm",
    "ML": "mL",
    "db": "dB",
    "DB": "dB",
    "KB": "kB",
    "pC": "picocoulomb",
    "nC": "nanocoulomb",
    "μC": "microcoulomb",
    "mC": "millicoulomb",
}
"""Capitals as they are often got wrong, where the other reading is not met in practice; and the
charge, whose C is none by itself."""
