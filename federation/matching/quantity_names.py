"""Names of quantities: when two mean the same, and what a name tells about its values.

- The normal form is NFKC, lower case, letters and digits only. Two names are the same quantity
  when their normal forms are equal or stand in one row of `SYNONYMS`. Nothing else: 抗拉强度 and
  抗拉强度保持率 are two quantities, and a condition in the name (高温抗拉强度) makes another one.
- *Better than* (优于) is less for a quantity of `LESS_IS_BETTER`, more for one of
  `MORE_IS_BETTER`, by the end of its name; of any other quantity it says nothing.
- A range of a *span* (工作温度, 量程) is what must be covered; a range of any other quantity is
  where its one value lies.
- A temperature whose name tells of a difference (温差, 温升, 控温精度) is a difference.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

SYNONYMS: Final = (
    ("抗拉强度", "拉伸强度", "抗张强度", "极限抗拉强度", "tensile strength",
     "ultimate tensile strength"),
    ("屈服强度", "屈服极限", "yield strength", "yield stress"),
    ("抗压强度", "压缩强度", "compressive strength"),
    ("抗弯强度", "弯曲强度", "抗折强度", "flexural strength", "bending strength"),
    ("抗剪强度", "剪切强度", "shear strength"),
    ("剥离强度", "peel strength"),
    ("疲劳强度", "fatigue strength"),
    ("冲击韧性", "冲击强度", "impact strength"),
    ("断裂韧性", "fracture toughness"),
    ("延伸率", "伸长率", "elongation"),
    ("断后伸长率", "断裂伸长率", "elongation at break"),
    ("弹性模量", "杨氏模量", "elastic modulus", "youngs modulus"),
    ("硬度", "hardness"),
    ("密度", "density"),
    ("孔隙率", "气孔率", "porosity"),
    ("比表面积", "specific surface area"),
    ("粒径", "粒度", "particle size"),
    ("厚度", "thickness"),
    ("重量", "质量", "weight", "mass"),
    ("长度", "length"),
    ("直径", "diameter"),
    ("表面粗糙度", "粗糙度", "surface roughness", "roughness"),
    ("导热系数", "热导率", "导热率", "thermal conductivity"),
    ("热膨胀系数", "线膨胀系数", "coefficient of thermal expansion", "cte"),
    ("电导率", "导电率", "electrical conductivity", "conductivity"),
    ("电阻率", "resistivity"),
    ("介电常数", "相对介电常数", "dielectric constant", "relative permittivity"),
    ("介电损耗", "dielectric loss"),
    ("击穿电压", "breakdown voltage"),
    ("粘度", "黏度", "viscosity"),
    ("熔点", "melting point"),
    ("能量密度", "比能量", "质量能量密度", "energy density", "specific energy"),
    ("功率密度", "比功率", "power density", "specific power"),
    ("比容量", "specific capacity"),
    ("循环寿命", "循环次数", "cycle life"),
    ("使用寿命", "寿命", "工作寿命", "service life", "lifetime", "operating life"),
    ("续航里程", "driving range"),
    ("航程", "flight range"),
    ("续航时间", "endurance"),
    ("载荷", "有效载荷", "载重", "payload"),
    ("功率", "power"),
    ("输出功率", "output power"),
    ("功耗", "power consumption"),
    ("能耗", "energy consumption"),
    ("效率", "efficiency"),
    ("转换效率", "转化效率", "conversion efficiency"),
    ("量子效率", "quantum efficiency"),
    ("电压", "voltage"),
    ("电流", "current"),
    ("频率", "frequency"),
    ("带宽", "bandwidth"),
    ("转速", "rotational speed", "rotation speed"),
    ("速度", "speed", "velocity"),
    ("流量", "flow rate"),
    ("压力", "压强", "pressure"),
    ("温度", "temperature"),
    ("工作温度", "使用温度", "工作温度范围", "使用温度范围", "operating temperature",
     "working temperature"),
    ("响应时间", "response time"),
    ("启动时间", "start up time"),
    ("时延", "延迟", "延时", "latency"),
    ("精度", "precision"),
    ("准确率", "正确率"),
    ("定位精度", "positioning accuracy"),
    ("重复定位精度", "repeatability", "repeat positioning accuracy"),
    ("误差", "error"),
    ("测量误差", "measurement error"),
    ("分辨率", "resolution"),
    ("空间分辨率", "spatial resolution"),
    ("灵敏度", "sensitivity"),
    ("检出限", "检测限", "检测下限", "limit of detection", "detection limit"),
    ("信噪比", "signal to noise ratio", "snr"),
    ("噪声", "噪音", "noise"),
    ("误报率", "虚警率", "false alarm rate"),
    ("误码率", "bit error rate", "ber"),
    ("召回率", "recall"),
    ("良率", "良品率", "合格率", "成品率", "yield rate"),
    ("产率", "收率", "得率", "product yield"),
    ("转化率", "conversion rate"),
    ("选择性", "selectivity"),
    ("纯度", "purity"),
    ("去除率", "脱除率", "removal rate", "removal efficiency"),
    ("回收率", "recovery rate"),
    ("可回收率", "recyclability"),
    ("透光率", "透过率", "透射率", "transmittance"),
    ("反射率", "reflectance", "reflectivity"),
    ("波长", "wavelength"),
    ("视场角", "field of view", "fov"),
    ("成本", "cost"),
    ("孔径", "pore size"),
    ("水分", "含水率", "含水量", "moisture content"),
    ("盐雾试验", "盐雾试验时间", "salt spray test"),
)  # fmt: skip
"""Names that mean one quantity. Members must agree, so a new row is a new version.

Left out on purpose: words that mean opposite things, as accuracy and 准确度 do (95 % right, or
0.5 % off).
"""

LESS_IS_BETTER: Final = (
    "误差", "偏差", "公差", "漂移", "粗糙度", "损耗", "衰减", "噪声", "噪音", "时延", "延迟",
    "延时",
    "能耗", "功耗", "不确定度", "平面度", "圆度", "平行度", "垂直度", "直线度", "失真", "失真度",
    "检出限", "检测限", "检测下限", "泄漏率", "漏率", "误码率", "误报率", "漏报率", "虚警率",
    "故障率",
    "响应时间", "启动时间", "重复性", "波动", "空间分辨率", "地面分辨率",
    "error", "deviation", "tolerance", "drift", "roughness", "loss", "attenuation", "noise",
    "latency", "uncertainty", "flatness", "distortion", "leakrate", "responsetime",
    "repeatability", "spatialresolution",
)  # fmt: skip
"""Ends of the names of quantities of which less is better."""

LESS_UNLESS_RATIO: Final = ("精度", "precision")
"""The same, but not in %: 定位精度优于0.1mm is less, 识别精度优于95% is not certain."""

MORE_IS_BETTER: Final = (
    "强度", "硬度", "寿命", "效率", "准确率", "正确率", "良率", "良品率", "合格率", "回收率",
    "去除率",
    "收率", "纯度", "信噪比", "召回率", "转化率", "透光率", "能量密度", "比能量",
    "strength", "hardness", "lifetime", "life", "efficiency", "purity", "snr", "transmittance",
    "energydensity", "specificenergy",
)  # fmt: skip
"""Ends of the names of quantities of which more is better."""

_SPAN_ENDS: Final = (
    "范围", "量程", "区间", "波段", "频段", "工作温度", "使用温度", "适用温度", "存储温度",
    "环境温度",
    "measuringrange", "measurementrange", "temperaturerange", "frequencyrange", "operatingrange",
    "operatingtemperature", "workingtemperature",
)  # fmt: skip
_DIFFERENCE_WORDS: Final = (
    "温差", "温升", "温降", "升温", "降温", "波动", "误差", "偏差", "精度", "均匀性", "稳定性",
    "变化",
    "漂移", "提高", "提升", "升高", "降低", "下降", "减少", "减小", "过热度", "过冷度",
    "difference", "rise", "drop", "fluctuation", "error", "accuracy", "uniformity", "stability",
    "variation", "drift", "increase", "decrease", "reduction",
)  # fmt: skip
# 升温温度 and 降温至 are temperatures again; these ends say so.
_ABSOLUTE_ENDS: Final = ("温度", "temperature")


def normal_name(name: str) -> str:
    """Return a name's normal form: NFKC, lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", name).lower()
    return "".join(filter(str.isalnum, folded))


_FIRST_OF_ROW: Final = {normal_name(name): normal_name(row[0]) for row in SYNONYMS for name in row}


@lru_cache(maxsize=8192)  # the same few names are compared with each other again and again
def quantity_key(name: str) -> str:
    """Return what the names of one quantity have in common: the first synonym's normal form."""
    normal = normal_name(name)
    return _FIRST_OF_ROW.get(normal, normal)


def better_is_less(name: str, *, ratio: bool) -> bool | None:
    """Say whether less of a quantity is better; None where no table tells.

    `ratio` says that its values are pure numbers, such as percentages.
    """
    normal = normal_name(name)
    if normal.endswith(LESS_IS_BETTER):
        return True
    if normal.endswith(LESS_UNLESS_RATIO):
        return None if ratio else True
    return False if normal.endswith(MORE_IS_BETTER) else None


def is_span(name: str) -> bool:
    """Say whether a range of this quantity is something to be covered."""
    return normal_name(name).endswith(_SPAN_ENDS)


def is_difference(name: str) -> bool:
    """Say whether a temperature of this name is a difference of two."""
    normal = normal_name(name)
    if normal.endswith(_ABSOLUTE_ENDS):
        return False
    return any(word in normal for word in _DIFFERENCE_WORDS)
